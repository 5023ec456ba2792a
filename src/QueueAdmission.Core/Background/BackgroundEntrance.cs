namespace QueueAdmission;

/// <summary>The entrance for background jobs: see <see cref="BackgroundExtensions"/>.</summary>
internal sealed class BackgroundEntrance(
    AdmissionEngine engine, BackgroundLine line, WaitingRoom room, QueueConditions conditions) : IWaiterOwner
{
    public ValueTask<QueueLease> EnterAsync(in JobTraits traits, double minShare, CancellationToken cancellationToken)
    {
        var job = new JobRecord(traits) { IsBackground = true };
        Waiter? waiter = null;
        engine.Change(() =>
        {
            if (!conditions.State.AcceptsBackground())
                return false;
            waiter = room.Rent();
            (waiter.JobState, waiter.Time, waiter.Detail) = (job, 0, 0);
            line.Append(waiter, this, minShare);
            return true;
        });
        if (waiter is null)
            return new ValueTask<QueueLease>(
                QueueLease.From(engine, Admission.Refused(RejectionReason.Draining, line.RetryAfterSeconds)));
        // The status can be read without the lock: the waiter is not reused before it has been awaited.
        if (waiter.Status == AdmissionStatus.Waiting)
            engine.Telemetry.ReportWaiting();
        waiter.LeaveOn(cancellationToken);
        return waiter.LeftOnArrival
            ? ValueTask.FromCanceled<QueueLease>(cancellationToken)
            : new ValueTask<QueueLease>(waiter, waiter.Version);
    }

    public void Abandon(Waiter waiter)
    {
        var hasLeft = engine.Change(() =>
        {
            if (waiter.Status != AdmissionStatus.Waiting)
                return false;
            waiter.Status = AdmissionStatus.Abandoned;
            line.Remove(waiter);
            return true;
        });
        if (hasLeft)
            waiter.Complete();
    }

    public void Recycle(Waiter waiter) => room.Recycle(waiter);

    /// <summary>Does nothing. Only waits of live jobs are reported.</summary>
    public void ReportWait(in Admission admission, int partition)
    {
    }

    public QueueLease Lease(in Admission admission) => QueueLease.From(engine, admission);
}
