namespace QueueAdmission;

/// <summary>One sending of the live feed: a frame, and the sending after it.</summary>
/// <param name="frame">The frame; null until the feed has drawn its first one.</param>
internal sealed class LiveBeat(LiveFrame? frame)
{
    // Viewers go on on the thread pool, and not in the flow that sends.
    private readonly TaskCompletionSource<LiveBeat> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LiveFrame? Frame { get; } = frame;

    /// <summary>Completes when there is something to send after this one.</summary>
    public Task<LiveBeat> Next => _next.Task;

    public void Follow(LiveBeat next) => _next.TrySetResult(next);
}
