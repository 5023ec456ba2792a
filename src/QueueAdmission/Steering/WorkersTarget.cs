namespace QueueAdmission;

/// <summary>
/// The number of workers. An override is a separate cap beside the settings, which keep their own number: see
/// <see cref="WorkerLimit"/>.
/// </summary>
/// <remarks>While the override lasts, <see cref="JobQueueOptions.AdaptiveWorkers"/> does not search.</remarks>
internal sealed class WorkersTarget : OverrideTarget
{
    private static readonly QueueSetting<int> Setting = JobQueueSettings.Workers;

    public override string Name => Setting.Key;

    public override string Allowed => Setting.Allowed;

    public override bool Understands(string value) => Setting.TryParse(value, out _);

    public override string Read(RequestQueue queue)
    {
        var (own, underlying) = queue.Queue.ReadWorkersOverride();
        return Setting.ShowValue(own ?? underlying);
    }

    public override string ReadUnderlying(RequestQueue queue, QueueOverride? former) =>
        Setting.ShowValue(queue.Queue.ReadWorkersOverride().Underlying);

    public override void Set(RequestQueue queue, string value)
    {
        var settings = new JobQueueOptions();
        if (!Setting.TryRead(value, settings))
            throw new ArgumentException($"'{value}' is not a valid value of {Setting.Key}.", nameof(value));
        JobQueueOptionsValidator.ThrowIfInvalid(queue.Name, settings);
        Put(queue, settings.Workers);
    }

    public override void End(QueueOverride ended) => Put(ended.Queue, workers: null);

    public override void Reinstate(QueueOverride ended) => Set(ended.Queue, ended.Value);

    private static void Put(RequestQueue queue, int? workers)
    {
        try
        {
            queue.Queue.SetWorkersOverride(workers);
        }
        catch (ObjectDisposedException)
        {
            throw new InvalidOperationException(
                $"Queue '{queue.Name}' was disposed: its settings can no longer be changed.");
        }
    }
}
