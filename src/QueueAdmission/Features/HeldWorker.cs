namespace QueueAdmission;

/// <summary>The feature of one request that has a state of its own: it waited, or gives its worker back early. Frees the worker once, whoever asks.</summary>
/// <remarks>Never pooled: a reference kept beyond its request would give back a stranger's worker.</remarks>
/// <param name="queue">The queue.</param>
/// <param name="waited">How long the request waited.</param>
/// <param name="waitersAhead">How many waited before it.</param>
/// <param name="started">When the job began, if this object is to measure it; 0 if nobody listens, or if it is measured elsewhere.</param>
internal sealed class HeldWorker(JobQueue queue, TimeSpan waited, int waitersAhead, long started = 0) : IQueueFeature
{
    private int _released;

    public JobQueue Queue { get; } = queue;

    public TimeSpan Waited { get; } = waited;

    public int WaitersAhead { get; } = waitersAhead;

    public bool HoldsWorker => Volatile.Read(ref _released) == 0;

    /// <summary>When the worker was given back, for whoever measures the job elsewhere; 0 if nobody listened then.</summary>
    public long ReleasedAt { get; private set; }

    /// <summary>Whether the rest of the pipeline has ended, which may be long after the worker was given back.</summary>
    public bool HasEnded { get; private set; }

    public bool Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
            return false;
        Queue.Release();
        if (started != 0)
            Queue.RecordJobSince(started);
        else
            ReleasedAt = Queue.ReadJobClock();
        return true;
    }

    public void End()
    {
        HasEnded = true;
        Release();
    }
}
