namespace QueueAdmission;

/// <summary>
/// The settings that a discipline uses, with the times of overload control in ticks of the clock, and the limit of
/// workers.
/// </summary>
/// <param name="Options">The settings in force.</param>
/// <param name="Limit">
/// The limit of workers that counts for weights: see <see cref="WorkerLimit.InForceForWeights"/>. Unlike
/// <see cref="JobQueueOptions.Workers"/>, it may be 0.
/// </param>
/// <param name="OverloadTarget"><see cref="JobQueueOptions.OverloadTarget"/> in ticks.</param>
/// <param name="OverloadInterval"><see cref="JobQueueOptions.OverloadInterval"/> in ticks.</param>
internal readonly record struct LineSettings(
    JobQueueOptions Options, int Limit, long? OverloadTarget, long? OverloadInterval)
{
    public static LineSettings Of(JobQueueOptions options, int limit, QueueClock clock) => new(
        options,
        limit,
        options.OverloadTarget is { } target ? clock.ToTimestampTicks(target) : null,
        options.OverloadInterval is { } interval ? clock.ToTimestampTicks(interval) : null);
}
