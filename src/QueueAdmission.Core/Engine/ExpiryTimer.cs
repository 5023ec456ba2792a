namespace QueueAdmission;

/// <summary>
/// The timer of a queue, for the waiter that expires first. Never armed while no job waits. Guarded by the queue's
/// lock.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="onDue">Called on a thread of the clock, without the lock.</param>
internal sealed class ExpiryTimer(TimeProvider time, Action onDue) : IDisposable
{
    private const double MaxMilliseconds = 86_400_000;

    private ITimer? _timer;

    public bool IsArmed { get; private set; }

    /// <summary>The time at which the timer is due, on the queue's clock.</summary>
    public long Due { get; private set; }

    /// <summary>
    /// Arms the timer. If the timer is already armed for an earlier time, nothing changes: the engine arms it again
    /// after it has fired.
    /// </summary>
    /// <param name="due">The time at which the timer has to fire, on the queue's clock.</param>
    /// <param name="left">The time until then.</param>
    public void Arm(long due, TimeSpan left)
    {
        if (IsArmed && Due <= due)
            return;
        // .NET limits the delay of a timer to about 49 days, so a delay is truncated to one day. If the timer fires too
        // early, the engine arms it again.
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

    /// <summary>Called after the timer has fired.</summary>
    /// <remarks>
    /// The callback may run late, after the timer has been armed again. The engine then arms the timer once more, which
    /// does no harm.
    /// </remarks>
    public void OnFired() => IsArmed = false;

    /// <summary>
    /// Lets the timer fire again in one millisecond, because it fired while the current thread held the lock.
    /// </summary>
    public void FireAgainSoon() => _timer!.Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer?.Dispose();

    private ITimer Create()
    {
        // The timer outlives the request that needed it first, so it must not capture the execution context of that
        // request.
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
            return time.CreateTimer(
                static onDue => ((Action)onDue!)(), onDue, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
