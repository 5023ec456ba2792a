using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Simulation;

/// <summary>A job with traits, as its caller observes it.</summary>
internal sealed class TraitJob(int number, JobTraits traits, long arrived, double? minShare = null)
{
    private readonly CancellationTokenSource _canceller = new();
    private ValueTask<QueueLease> _entering;
    private QueueLease _lease;
    private bool _answered;

    public int Number { get; } = number;

    /// <summary>
    /// Whether this is a background job. Such a job does not count for its key, and counts as arrived when it starts.
    /// </summary>
    public bool IsBackground => minShare is not null;

    public double MinShare => minShare ?? 0;

    public string Key { get; } = traits.Key ?? "";

    public JobPriority Priority { get; } = traits.Priority;

    public int Weight { get; } = traits.Weight;

    public long Arrived { get; } = arrived;

    /// <summary>The deadline in ticks of the clock, or <see cref="long.MaxValue"/> if there is none.</summary>
    public long Deadline { get; private set; } = long.MaxValue;

    public bool IsWaiting => !_answered;

    public bool IsRunning { get; private set; }

    public bool HasRun { get; private set; }

    public bool HasLeft { get; private set; }

    public RejectionReason? Refusal { get; private set; }

    public long Started { get; private set; }

    /// <summary>
    /// The workers that the job received: its weight, or all workers that the limits allowed when it started.
    /// </summary>
    public int Workers { get; private set; }

    /// <summary>
    /// Whether the limit on the workers of its key was in force when the job started. If not, the job does not count.
    /// </summary>
    public bool CountsForItsKey { get; private set; }

    public void Arrive(JobQueue queue, bool mayWait)
    {
        if (minShare is { } share)
        {
            _entering = queue.EnterBackgroundAsync(traits, share, _canceller.Token);
            return;
        }
        if (traits.Deadline is { } left)
            Deadline = Arrived + left.Ticks;
        _entering = mayWait ? queue.EnterAsync(traits, _canceller.Token) : new(queue.TryEnter(traits));
    }

    public void Look(JobQueue queue, FakeTimeProvider time)
    {
        if (_answered || !_entering.IsCompleted)
            return;
        _answered = true;
        try
        {
            _lease = _entering.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException exception) when (exception.CancellationToken == _canceller.Token)
        {
            HasLeft = true;
            return;
        }
        Refusal = _lease.Rejection?.Reason;
        IsRunning = _lease.IsAdmitted;
        Started = time.GetTimestamp();
        Workers = IsRunning ? WorkersFor(queue.Settings) : 0;
        CountsForItsKey = !IsBackground && queue.Settings.MaxWorkersPerKey is not null;
    }

    public int WorkersFor(JobQueueOptions settings) =>
        Math.Min(Weight, Math.Min(settings.Workers, MaxPerKey(settings)));

    private int MaxPerKey(JobQueueOptions settings) =>
        IsBackground ? int.MaxValue : settings.MaxWorkersPerKey ?? int.MaxValue;

    public void Cancel() => _canceller.Cancel();

    public void Finish()
    {
        if (!IsRunning)
            return;
        _lease.Dispose();
        _lease.Dispose();
        (IsRunning, HasRun) = (false, true);
    }
}
