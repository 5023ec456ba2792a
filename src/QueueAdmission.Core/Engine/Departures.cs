namespace QueueAdmission;

/// <summary>
/// Takes waiters out of a queue, and counts those that end without a worker. Guarded by the queue's lock.
/// </summary>
internal sealed class Departures(WaitingRoom room, RejectionBook rejections, WorkerLimit limit, QueueClock clock)
{
    /// <summary>The jobs that their callers abandoned before they had a worker.</summary>
    public long Abandoned { get; private set; }

    /// <summary>A caller left that has no place in the queue.</summary>
    public void CountAbandoned() => Abandoned++;

    /// <summary>Counts a refusal.</summary>
    /// <returns>The seconds after which the caller should come back.</returns>
    public int CountRefusal(RejectionReason reason) =>
        rejections.Add(reason, clock.Now, room.Count, clock.DrainPerSecond, limit.InForce);

    /// <summary>
    /// A waiter has left its line and has its result, and goes back to its caller.
    /// </summary>
    public void Leave(Waiter waiter, ref WakeList wake)
    {
        room.Leave(waiter);
        waiter.Time = clock.Now - waiter.Time;
        wake.Append(waiter);
    }

    /// <summary>Refuses a waiter that is in no line any more.</summary>
    public void Refuse(Waiter waiter, RejectionReason reason, ref WakeList wake)
    {
        waiter.Reject(reason, CountRefusal(reason));
        Leave(waiter, ref wake);
    }

    /// <summary>Refuses the expired waiters.</summary>
    /// <param name="maxWait">The time that any job may wait, in ticks.</param>
    /// <param name="wake">The waiters to wake.</param>
    public void RefuseExpired(long maxWait, ref WakeList wake)
    {
        while (room.NextExpired(clock.Now, maxWait) is { } waiter)
            Refuse(waiter, RejectionReason.WaitTimeout, ref wake);
    }

    /// <summary>Refuses the waiters that have waited too long in a standing queue.</summary>
    /// <param name="maxWait">The time that any job may wait, in ticks.</param>
    /// <param name="wake">The waiters to wake.</param>
    public void Shed(long maxWait, ref WakeList wake)
    {
        if (room.Lines.Overload is null)
            return;
        var rate = clock.DrainPerSecond;
        room.Lines.UpdateOverload(
            clock.Now, room.Oldest, rate > 0 ? clock.TicksPerSecond / rate : double.PositiveInfinity, limit.InForce, maxWait,
            clock.Ran, room.Count, rejections.Total + Abandoned);
        while (room.Lines.NextToShed(clock.Now, room.Oldest) is { } waiter)
            Refuse(waiter, RejectionReason.Shed, ref wake);
    }

    /// <summary>Refuses all waiters with <see cref="RejectionReason.Draining"/>.</summary>
    /// <param name="pushedOnes">Whether pushed jobs are refused as well.</param>
    /// <param name="wake">The waiters to wake.</param>
    public void RefuseAll(bool pushedOnes, ref WakeList wake)
    {
        for (var waiter = room.Oldest; waiter is not null;)
        {
            var younger = waiter.Younger;
            if (pushedOnes || !waiter.IsPushed)
            {
                room.Lines.Remove(waiter);
                Refuse(waiter, RejectionReason.Draining, ref wake);
            }
            waiter = younger;
        }
    }

    /// <summary>The caller of a waiter leaves.</summary>
    public void Abandon(Waiter waiter, ref WakeList wake)
    {
        waiter.Status = AdmissionStatus.Abandoned;
        Abandoned++;
        room.Lines.Remove(waiter);
        Leave(waiter, ref wake);
    }
}
