namespace QueueAdmission;

/// <summary>The operations of a queue that a waiter uses after it has been placed.</summary>
internal interface IWaiterOwner
{
    /// <summary>
    /// Called when the waiter's token has been cancelled. Removes the waiter from its line, unless it was granted or
    /// refused before.
    /// </summary>
    void Abandon(Waiter waiter);

    /// <summary>Returns a completed waiter to the pool, so that another job can use the object.</summary>
    void Recycle(Waiter waiter);

    /// <summary>
    /// Reports that a wait is over. Called in the asynchronous flow that waited. Exceptions of listeners are ignored.
    /// </summary>
    void ReportWait(in Admission admission, int partition);

    /// <summary>Returns the lease of a job that waited.</summary>
    QueueLease Lease(in Admission admission);
}
