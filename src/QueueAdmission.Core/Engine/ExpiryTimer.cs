namespace QueueAdmission;

/// <summary>
/// The one timer of a queue. It is armed only while a job waits with a limit. Guarded by the queue's lock.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="onDue">Called on a thread of the clock, without the lock.</param>
internal sealed class ExpiryTimer(TimeProvider time, Action onDue) : IDisposable
{
    private const double MaxMilliseconds = 86_400_000;

    private ITimer? _timer;

    public bool IsArmed { get; private set; }

    /// <summary>The moment for which it is armed, on the queue's clock.</summary>
    public long Due { get; private set; }

    /// <summary>
    /// Arms the timer for a moment. If it is armed for an earlier moment, it is armed again when it fires.
    /// </summary>
    /// <param name="due">The moment, on the queue's clock.</param>
    /// <param name="left">The time until then.</param>
    public void Arm(long due, TimeSpan left)
    {
        if (IsArmed && Due <= due)
            return;
        // A timer is limited to some weeks. If it fires too early, it is set again.
        var milliseconds = Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 1, MaxMilliseconds);
        _timer ??= Create();
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
        IsArmed = true;
        Due = due;
    }

    public void Disarm()
    {
        if (!IsArmed)
            return;
        _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        IsArmed = false;
    }

    /// <summary>The timer has fired.</summary>
    /// <remarks>The call may be late, and the timer may have been set again since. Then it is set once more, which does
    /// no harm.</remarks>
    public void OnFired() => IsArmed = false;

    /// <summary>Arms the timer again for a moment soon, because it fired while the lock was held.</summary>
    public void FireAgainSoon() => _timer!.Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer?.Dispose();

    private ITimer Create()
    {
        // The timer outlives the request that happened to need it first, so it must not carry that request's context.
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
            return time.CreateTimer(
                static onDue => ((Action)onDue!)(), onDue, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
