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
    private const long Untimed = -1;

    private readonly JobRecord? _held = admission.Held;
    private long _startedAt = queue.MeasuresLatency ? queue.Time.GetTimestamp() : Untimed;
    private int _released;

    public JobQueue Queue { get; } = queue;

    public TimeSpan Waited { get; } = queue.ToTimeSpan(admission.WaitedTimestampTicks);

    public int WaitersAhead { get; } = admission.WaitersAhead;

    public bool HoldsWorker => Volatile.Read(ref _released) == 0;

    /// <summary>When the worker was given back, for whoever measures the job elsewhere; 0 if nobody listened then.</summary>
    public long ReleasedAt { get; private set; }

    /// <summary>Whether the rest of the pipeline has ended, which may be long after the worker was given back.</summary>
    public bool HasEnded { get; private set; }

    public void ReportOverload() => Queue.ReportOverload();

    public void IgnoreLatency() => Volatile.Write(ref _startedAt, Untimed);

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

    /// <summary>The rest of the pipeline has ended well, with an answer like others. Call <see cref="End"/> after it.</summary>
    public void ReportLatency()
    {
        // Who gave the worker back early held it for a time that says little.
        if (HoldsWorker && Volatile.Read(ref _startedAt) is var startedAt and not Untimed)
            Queue.ReportLatency(Queue.Time.GetTimestamp() - startedAt);
    }

    public void End()
    {
        HasEnded = true;
        Release();
    }
}
