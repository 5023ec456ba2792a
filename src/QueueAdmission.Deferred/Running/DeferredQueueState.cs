namespace QueueAdmission.Deferred;

/// <summary>The information that this node has about the deferred jobs of one queue.</summary>
internal sealed class DeferredQueueState(string name, TimeProvider time)
{
    private readonly Lock _gate = new();
    private JobStoreCounts? _counts;
    private long _ended;
    private long _countedAt;
    private double? _rate;
    private long _acceptedSince;

    public string Name => name;

    /// <summary>The slots of requests that are being accepted.</summary>
    public RequestSlots AcceptingSlots { get; } = new();

    /// <summary>The slots of requests that wait for the outcome of their jobs.</summary>
    public RequestSlots OutcomeSlots { get; } = new();

    /// <summary>
    /// Sets the counts of the store, and updates the rate at which jobs have ended since the previous counts.
    /// </summary>
    public void Update(JobStoreCounts counts)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var ended = counts.Accepted - counts.Waiting - counts.Running;
            if (_counts is not null && time.GetElapsedTime(_countedAt, now).TotalSeconds is > 0 and var seconds)
            {
                var rate = Math.Max(0, ended - _ended) / seconds;
                // The new measurement has a weight of one half. The rate therefore follows a longer pause after a few
                // updates, but is not dominated by a single slow interval.
                _rate = _rate is { } before ? (before + rate) / 2 : rate > 0 ? rate : null;
            }
            (_counts, _ended, _countedAt) = (counts, ended, now);
            Volatile.Write(ref _acceptedSince, 0);
        }
    }

    /// <summary>The number of waiting and running jobs, as far as this node knows.</summary>
    public long Active => Read().Waiting;

    public void CountAccepted() => Interlocked.Increment(ref _acceptedSince);

    /// <summary>Estimates how long it takes until a job that is accepted now has ended.</summary>
    public TimeSpan EstimateWait() => EstimateWait(null);

    /// <param name="ahead">The number of jobs ahead. Null for a job that is accepted now.</param>
    public TimeSpan EstimateWait(long? ahead)
    {
        var (waiting, rate) = Read();
        var jobs = (ahead ?? waiting) + 1;
        // Without a measurement, assume one worker with jobs of 100 ms. The client asks again soon and gets a better
        // estimate.
        return TimeSpan.FromSeconds(Math.Min(jobs / Math.Max(rate ?? 10, 0.01), TimeSpan.FromDays(1).TotalSeconds));
    }

    /// <returns>The description, or null if the store has not been read yet.</returns>
    public DeferredQueue? Describe()
    {
        lock (_gate)
        {
            return _counts is null ? null : Describe(_counts, _rate);
        }
    }

    public static DeferredQueue Describe(JobStoreCounts counts, double? rate) => new()
    {
        Queue = counts.Queue,
        Accepted = counts.Accepted,
        Waiting = counts.Waiting,
        Running = counts.Running,
        Done = counts.Done,
        Dead = counts.Dead,
        Cancelled = counts.Cancelled,
        Discarded = counts.Discarded,
        OldestWaiting = counts.OldestWaiting,
        RatePerSecond = rate,
    };

    private (long Waiting, double? Rate) Read()
    {
        lock (_gate)
        {
            var active = _counts is null ? 0 : _counts.Waiting + _counts.Running;
            return (active + Volatile.Read(ref _acceptedSince), _rate);
        }
    }
}
