using Microsoft.AspNetCore.Http.Timeouts;

namespace QueueAdmission.Deferred;

/// <summary>Cancels an attempt that takes longer than the timeout which its endpoint names.</summary>
/// <remarks>
/// The middleware for timeouts does not run here. Timeouts of <c>[RequestTimeout]</c> and <c>WithRequestTimeout</c> with
/// a time apply. A policy by name is unknown without the options of the middleware, and is looked up there.
/// </remarks>
internal sealed class RunTimeout : IDisposable
{
    private readonly ITimer _timer;

    private RunTimeout(TimeSpan time, TimeProvider clock, CancellationTokenSource aborted) =>
        _timer = clock.CreateTimer(
            _ =>
            {
                IsOver = true;
                Aborting.Cancel(aborted);
            },
            state: null, time, Timeout.InfiniteTimeSpan);

    public bool IsOver { get; private set; }

    /// <returns>Null if the endpoint names no timeout.</returns>
    public static RunTimeout? Start(ReplayRun run, CancellationTokenSource aborted) =>
        TimeOf(run) is { } time && time > TimeSpan.Zero ? new RunTimeout(time, run.Time, aborted) : null;

    public void Dispose() => _timer.Dispose();

    private static TimeSpan? TimeOf(ReplayRun run)
    {
        var metadata = run.Endpoint.Metadata;
        return metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null ? null
            : metadata.GetMetadata<RequestTimeoutPolicy>()?.Timeout ?? metadata.GetMetadata<RequestTimeoutAttribute>()?.Timeout;
    }
}
