namespace QueueAdmission;

/// <summary>The feature of one request that has a state of its own: it waited, gives its worker back early, or holds more than one unknown worker. Frees the worker once, whoever asks.</summary>
/// <remarks>Never pooled: a reference kept beyond its request would give back a stranger's worker.</remarks>
internal sealed class HeldWorker(JobQueue queue, TimeSpan waited, int waitersAhead, JobRecord? held = null) : IQueueFeature
{
    private int _released;

    public JobQueue Queue { get; } = queue;

    public TimeSpan Waited { get; } = waited;

    public int WaitersAhead { get; } = waitersAhead;

    public bool HoldsWorker => Volatile.Read(ref _released) == 0;

    /// <summary>Whether the rest of the pipeline has ended, which may be long after the worker was given back.</summary>
    public bool HasEnded { get; private set; }

    public bool Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
            return false;
        Queue.Release(held);
        return true;
    }

    public void End()
    {
        HasEnded = true;
        Release();
    }
}
