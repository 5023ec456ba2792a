namespace QueueAdmission;

/// <summary>
/// Removes waiters from a queue, and counts those that end without a worker. Guarded by the queue's lock.
/// </summary>
internal sealed class Departures(WaitingRoom room, RejectionBook rejections, WorkerLimit limit, QueueClock clock)
{
    private RefusedWaiters _refusing;

    /// <summary>
    /// The maximum number of waiters that one locked section examines in order to refuse them. Further sections examine
    /// the rest.
    /// </summary>
    public int MaxInSection { get; set; } = 1_000;

    /// <summary>
    /// The largest number of waiters that one section has examined. Tests count them instead of measuring time.
    /// </summary>
    public int MostInSection { get; private set; }

    /// <summary>
    /// Whether waiters that have to be refused are still in the lines. Until they are removed, no job gets a worker,
    /// because the worker might go to one of them.
    /// </summary>
    public bool HasMore { get; private set; }

    /// <summary>The number of jobs whose callers left before the job got a worker.</summary>
    public long Abandoned { get; private set; }

    /// <summary>Counts a caller that left before its job had a place in the queue.</summary>
    public void CountAbandoned() => Abandoned++;

    /// <summary>Counts a refusal, and books the time of the retry.</summary>
    /// <returns>The number of seconds after which the caller should retry.</returns>
    public int CountRefusal(RejectionReason reason) =>
        rejections.Add(reason, clock.Now, room.Count, clock.DrainPerSecond, limit.InForce);

    /// <summary>
    /// Removes a waiter that has its outcome and has already left its line. Its caller is woken after the locked
    /// section.
    /// </summary>
    public void Leave(Waiter waiter, ref WakeList wake)
    {
        room.Leave(waiter);
        waiter.Time = clock.Now - waiter.Time;
        wake.Append(waiter);
    }

    /// <summary>Refuses a waiter that has already left its line.</summary>
    public void Refuse(Waiter waiter, RejectionReason reason, ref WakeList wake)
    {
        waiter.Reject(reason, CountRefusal(reason));
        Leave(waiter, ref wake);
    }

    /// <summary>Begins to refuse waiters with <see cref="RejectionReason.Draining"/>.</summary>
    /// <param name="waiters">The waiters to refuse.</param>
    public void StartRefusing(RefusedWaiters waiters)
    {
        if (waiters > _refusing)
            _refusing = waiters;
        room.StartWalk();
    }

    /// <summary>
    /// Refuses the waiters that have to be refused: because the queue's state has changed, because their maximum wait
    /// is over, or by overload control.
    /// </summary>
    /// <param name="conditions">The settings and the state.</param>
    /// <param name="wake">The waiters to wake.</param>
    /// <returns>False if further sections have to examine more waiters. <see cref="HasMore"/> is then true.</returns>
    public bool TryRefuseDue(QueueConditions conditions, ref WakeList wake)
    {
        var left = MaxInSection;
        // While the queue is paused, overload control sheds no job: the jobs wait because an operator has paused the
        // queue.
        HasMore = !(TryRefuseAll(conditions.State, ref left, ref wake)
            && TryRefuseExpired(conditions.MaxWait, ref left, ref wake)
            && (conditions.IsPaused || TryShed(conditions.MaxWait, ref left, ref wake)));
        MostInSection = Math.Max(MostInSection, MaxInSection - left);
        return !HasMore;
    }

    /// <summary>Sets the timer for the waiter that expires first.</summary>
    public void Watch(ExpiryTimer timer, QueueConditions conditions)
    {
        // If more waiters have to be refused, further sections follow at once.
        if (HasMore || (timer.IsArmed && !room.HasDeadlines && room.Lines.Overload is null))
            return;
        var expiry = room.NextExpiry(conditions);
        if (expiry != long.MaxValue)
            timer.Arm(expiry, clock.ToTimeSpan(expiry - clock.Now));
    }

    /// <summary>Called when no job waits any more.</summary>
    public void OnIdle() => HasMore = false;

    /// <summary>Removes a waiter whose caller has left.</summary>
    public void Abandon(Waiter waiter, ref WakeList wake)
    {
        waiter.Status = AdmissionStatus.Abandoned;
        Abandoned++;
        room.Lines.Remove(waiter);
        Leave(waiter, ref wake);
    }

    private bool TryRefuseAll(EngineState state, ref int left, ref WakeList wake)
    {
        // If the queue was resumed between two sections, the remaining waiters are kept. If the application is
        // stopping, only pushed jobs are kept.
        if (_refusing == RefusedWaiters.All && state.AcceptsNewcomers())
            _refusing = state.IsStopping() ? RefusedWaiters.Callers : RefusedWaiters.None;
        while (_refusing != RefusedWaiters.None)
        {
            if (left == 0)
                return false;
            left--;
            if (room.NextInWalk() is not { } waiter)
                _refusing = RefusedWaiters.None;
            else if (_refusing == RefusedWaiters.All || !waiter.IsPushed)
                RefuseInLine(waiter, ref wake);
        }
        return true;
    }

    private bool TryRefuseExpired(long maxWait, ref int left, ref WakeList wake)
    {
        for (; left > 0; left--)
        {
            if (room.NextExpired(clock.Now, maxWait) is not { } waiter)
                return true;
            Refuse(waiter, RejectionReason.WaitTimeout, ref wake);
        }
        return false;
    }

    private bool TryShed(long maxWait, ref int left, ref WakeList wake)
    {
        if (room.Lines.Overload is null)
            return true;
        var rate = clock.DrainPerSecond;
        room.Lines.UpdateOverload(
            clock.Now, room.Oldest, rate > 0 ? clock.TicksPerSecond / rate : double.PositiveInfinity, limit.InForce,
            maxWait,
            clock.Ran, room.Count, rejections.Total + Abandoned);
        for (; left > 0; left--)
        {
            if (room.Lines.NextToShed(clock.Now, room.Oldest) is not { } waiter)
                return true;
            Refuse(waiter, RejectionReason.Shed, ref wake);
        }
        return false;
    }

    private void RefuseInLine(Waiter waiter, ref WakeList wake)
    {
        room.Lines.Remove(waiter);
        Refuse(waiter, RejectionReason.Draining, ref wake);
    }
}
