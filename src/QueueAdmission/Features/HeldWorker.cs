namespace QueueAdmission;

/// <summary>
/// The feature of one request that has a state of its own: it waited, holds more than one worker or one in its caller's name, or gives its worker back early. Frees what it
/// holds once, whoever asks.
/// </summary>
/// <remarks>Never pooled: a reference kept beyond its request would give back a stranger's worker.</remarks>
/// <param name="queue">The queue.</param>
/// <param name="admission">What the queue decided.</param>
/// <param name="started">When the job began, if this object is to measure it; 0 if nobody listens, or if it is measured elsewhere.</param>
internal sealed class HeldWorker(JobQueue queue, in Admission admission, long started = 0) : IQueueFeature
{
    private readonly JobRecord? _held = admission.Held;
    private int _released;

    public JobQueue Queue { get; } = queue;

    public TimeSpan Waited { get; } = queue.ToTimeSpan(admission.WaitedTimestampTicks);

    public int WaitersAhead { get; } = admission.WaitersAhead;

    public bool HoldsWorker => Volatile.Read(ref _released) == 0;

    /// <summary>When the worker was given back, for whoever measures the job elsewhere; 0 if nobody listened then.</summary>
    public long ReleasedAt { get; private set; }

    /// <summary>Whether the rest of the pipeline has ended, which may be long after the worker was given back.</summary>
    public bool HasEnded { get; private set; }

    public bool Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
            return false;
        Queue.Release(_held);
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
