namespace QueueAdmission;

/// <summary>What a waiter needs of its queue after it has been placed.</summary>
internal interface IWaiterOwner
{
    /// <summary>
    /// The waiter's token was cancelled: it leaves the line, unless it was granted or refused before.
    /// </summary>
    void Abandon(Waiter waiter);

    /// <summary>Takes back a waiter that is done, so that another job can use it.</summary>
    void Recycle(Waiter waiter);

    /// <summary>A wait is over. Called on the flow that waited. A listener that throws has no effect.</summary>
    void ReportWait(in Admission admission, int partition);

    /// <summary>The lease of a job that waited.</summary>
    QueueLease Lease(in Admission admission);
}
