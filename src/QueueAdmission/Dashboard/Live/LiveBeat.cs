namespace QueueAdmission;

/// <summary>One broadcast of the live feed: a frame, and the link to the next broadcast.</summary>
/// <param name="frame">The frame. Null if the feed has not drawn any frame yet.</param>
internal sealed class LiveBeat(LiveFrame? frame)
{
    // Viewers continue on the thread pool, and not on the thread that broadcasts.
    private readonly TaskCompletionSource<LiveBeat> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LiveFrame? Frame { get; } = frame;

    /// <summary>Completes when there is a next broadcast.</summary>
    public Task<LiveBeat> Next => _next.Task;

    public void Follow(LiveBeat next) => _next.TrySetResult(next);
}
