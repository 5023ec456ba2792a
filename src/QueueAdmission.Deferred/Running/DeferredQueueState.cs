namespace QueueAdmission.Deferred;

/// <summary>What this node knows of the deferred jobs of one queue.</summary>
internal sealed class DeferredQueueState(string name, TimeProvider time)
{
    private readonly Lock _gate = new();
    private JobStoreCounts? _counts;
    private long _ended;
    private long _countedAt;
    private double? _rate;
    private long _acceptedSince;

    public string Name => name;

    /// <summary>Requests that are being accepted.</summary>
    public RequestSlots AcceptingSlots { get; } = new();

    /// <summary>Requests that wait for the outcome of their jobs.</summary>
    public RequestSlots OutcomeSlots { get; } = new();

    /// <summary>Takes the counts of the store, and the rate at which jobs ended since the last counts.</summary>
    public void Update(JobStoreCounts counts)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var ended = counts.Accepted - counts.Waiting - counts.Running;
            if (_counts is not null && time.GetElapsedTime(_countedAt, now).TotalSeconds is > 0 and var seconds)
            {
                var rate = Math.Max(0, ended - _ended) / seconds;
                // Half of it is new. A pause of the work shows after some updates, and one slow second does not.
                _rate = _rate is { } before ? (before + rate) / 2 : rate > 0 ? rate : null;
            }
            (_counts, _ended, _countedAt) = (counts, ended, now);
            Volatile.Write(ref _acceptedSince, 0);
        }
    }

    /// <summary>The jobs that wait or run, as far as this node knows.</summary>
    public long Active => Read().Waiting;

    public void CountAccepted() => Interlocked.Increment(ref _acceptedSince);

    /// <summary>How long a job that is accepted now will probably wait for its end.</summary>
    public TimeSpan EstimateWait() => EstimateWait(null);

    /// <param name="ahead">The jobs in front; null for a job that is accepted now.</param>
    public TimeSpan EstimateWait(long? ahead)
    {
        var (waiting, rate) = Read();
        var jobs = (ahead ?? waiting) + 1;
        // Without a measurement, one worker with jobs of 100 ms: the client asks again soon and learns more.
        return TimeSpan.FromSeconds(Math.Min(jobs / Math.Max(rate ?? 10, 0.01), TimeSpan.FromDays(1).TotalSeconds));
    }

    /// <returns>Null before the store was read.</returns>
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
            return ((_counts is null ? 0 : _counts.Waiting + _counts.Running) + Volatile.Read(ref _acceptedSince), _rate);
        }
    }
}
