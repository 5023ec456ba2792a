namespace QueueAdmission;

/// <summary>
/// The store of deferred jobs. It keeps accepted jobs durably until they have run, and then keeps their results.
/// </summary>
/// <remarks>
/// <para><b>For authors of stores.</b> A store keeps bytes and counts. It never interprets an
/// <see cref="AcceptedJob.Payload"/> or a result; only <c>QueueAdmission.Deferred</c> does. <c>JobStoreContract</c> in
/// the package <c>QueueAdmission.Testing</c> checks an implementation against everything stated here.</para>
/// <para><b>Durability.</b> When a method has returned, its writes are durable: they survive a crash of the process or
/// of the machine. A method that throws has written either everything or nothing, never a part.</para>
/// <para><b>Equation.</b> After every call, <see cref="JobStoreCounts.Accepted"/> of a queue is the sum of its waiting,
/// running, done, dead, cancelled and discarded jobs. <see cref="Purge"/> changes none of these counts.</para>
/// <para><b>Threads.</b> All methods are synchronous and may be called at the same time.
/// <see cref="IJobIntake.Accept"/> is called from one dedicated thread, which combines the jobs of many requests into
/// one call. <see cref="Advance"/>, <see cref="Import"/> and <see cref="Listen"/> are each called from a separate
/// thread.</para>
/// <para><b>Time.</b> The store uses a single clock for due times, retention and owners. Callers pass durations instead
/// of points in time, so the clocks of the nodes need not agree.</para>
/// <para><b>Failures.</b> A call that fails throws a <see cref="JobStoreException"/>, which states the problem. Any
/// other exception counts as <see cref="JobStoreProblem.Unreachable"/>. The store recovers without help: the next call
/// connects again. It does not log each failed call.</para>
/// </remarks>
public interface IJobStore : IJobIntake
{
    /// <summary>The interval at which a node that runs jobs calls <see cref="RenewOwner"/>.</summary>
    TimeSpan RenewalInterval { get; }

    /// <summary>Whether <see cref="Listen"/> is supported. If not, nodes poll for new jobs.</summary>
    bool HasSignals { get; }

    /// <summary>
    /// Stores jobs that another intake has accepted, and the position up to which their source has been imported, in
    /// one transaction. Each position of a source therefore takes effect once, even if several nodes import it.
    /// </summary>
    /// <remarks>
    /// <para><b>Positions.</b> If the stored position of the source is below <see cref="JobImport.After"/>, nothing
    /// changes. Otherwise, jobs up to the stored position are skipped, and the others are stored. The stored position
    /// becomes <see cref="JobImport.Last"/> if this is higher.</para>
    /// <para><b>No refusals.</b> The callers of these jobs already have their 202 response, so no job is refused.
    /// <see cref="AcceptedJob.MaxWaiting"/> is ignored. A job whose <see cref="AcceptedJob.Id"/> is known changes
    /// nothing. A job whose key makes it a <see cref="JobAcceptanceStatus.Duplicate"/> is not stored. Its id then leads
    /// <see cref="Find"/> to the earlier job, for as long as the earlier job is kept. A job that is
    /// <see cref="JobAcceptanceStatus.KeyReused"/> is stored without its key, as a dead letter with the reason
    /// <c>key_reused</c>.</para>
    /// </remarks>
    /// <param name="import">The jobs and their source.</param>
    /// <returns>
    /// The stored position of the source after the call. If it is below <see cref="JobImport.After"/>, nothing was
    /// stored.
    /// </returns>
    /// <exception cref="JobStoreException">
    /// Nothing was stored, or it is unknown whether the jobs were stored.
    /// </exception>
    long Import(JobImport import);

    /// <summary>Returns the position up to which the jobs of a source have been imported.</summary>
    /// <param name="source">The <see cref="JobPosition.Source"/>.</param>
    /// <returns>The highest <see cref="JobImport.Last"/> so far; -1 if the source has never been imported.</returns>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    long ReadPosition(string source);

    /// <summary>
    /// Reports that a node is alive, and requests the right to run jobs. The running jobs of nodes that have stopped
    /// renewing wait again. The interrupted attempt of each of them counts.
    /// </summary>
    /// <remarks>
    /// An embedded store grants the right to one process at a time. When that process has ended, another process gets
    /// the right within a second. A store for several hosts grants the right to every live node.
    /// </remarks>
    /// <param name="node">The name of the process, unique in the store. A restarted process uses another name.</param>
    /// <returns>Whether the node may run jobs, and the number of recovered jobs that wait again.</returns>
    /// <exception cref="JobStoreException">The call failed, for example because the store is unreachable.</exception>
    JobOwnership RenewOwner(string node);

    /// <summary>
    /// Gives up the right to run jobs. Jobs that the node has claimed and not ended wait again, and their attempts do
    /// not count.
    /// </summary>
    /// <param name="node">The name of the node.</param>
    /// <exception cref="JobStoreException">The call failed, for example because the store is unreachable.</exception>
    void ResignOwner(string node);

    /// <summary>Ends attempts, and then claims jobs, in one transaction.</summary>
    /// <remarks>
    /// <para><b>Ends.</b> An end counts only if the job still has the same <see cref="ClaimedJob.Claim"/>. An end that
    /// arrives too late changes nothing.</para>
    /// <para><b>Claims.</b> A job can be claimed if it waits, is due, and no earlier job with the same
    /// <see cref="AcceptedJob.SequenceKey"/> waits or runs. Jobs are claimed by descending priority, and within one
    /// priority in the order of acceptance. The claims are durable when the call returns. Jobs are claimed only for a
    /// node that has the right to run jobs.</para>
    /// </remarks>
    /// <param name="node">The node that ran the ended attempts, and that will run the claimed jobs.</param>
    /// <param name="ends">The attempts that have ended.</param>
    /// <param name="claims">For each queue, the number of jobs to claim. A queue occurs at most once.</param>
    /// <returns>The ends that counted, and the claimed jobs.</returns>
    /// <exception cref="JobStoreException">
    /// Nothing has changed, or it is unknown whether the changes were made.
    /// </exception>
    JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims);

    /// <summary>Reads one job, with its payload and its result.</summary>
    /// <param name="id">The id of the job, or of an imported duplicate of it.</param>
    /// <returns>The job. Null if it does not exist or has been purged.</returns>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    StoredJob? Find(Guid id);

    /// <summary>Reads dead letters without their payloads, the most recent first.</summary>
    /// <param name="queue">The name of the queue; null for all queues.</param>
    /// <param name="max">The maximum number of jobs to return, at least 1.</param>
    /// <returns>The dead letters.</returns>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    IReadOnlyList<StoredJob> ListDead(string? queue, int max);

    /// <summary>Cancels a waiting job and removes its payload.</summary>
    /// <param name="id">The id of the job.</param>
    /// <returns>True if the job is cancelled now; false if it was not waiting, or does not exist.</returns>
    /// <exception cref="JobStoreException">The call failed, for example because the store is unreachable.</exception>
    bool Cancel(Guid id);

    /// <summary>
    /// Lets a dead letter wait again, behind all waiting jobs. Its attempts are counted from 0 again.
    /// </summary>
    /// <param name="id">The id of the job.</param>
    /// <returns>True if the job waits now; false if it was not a dead letter.</returns>
    /// <exception cref="JobStoreException">The call failed, for example because the store is unreachable.</exception>
    bool Redrive(Guid id);

    /// <summary>Discards a dead letter and removes its payload.</summary>
    /// <param name="id">The id of the job.</param>
    /// <returns>True if the job is discarded now; false if it was not a dead letter.</returns>
    /// <exception cref="JobStoreException">The call failed, for example because the store is unreachable.</exception>
    bool Discard(Guid id);

    /// <summary>Reads the counts of all queues that have ever had a job.</summary>
    /// <returns>The counts of each queue.</returns>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    IReadOnlyList<JobStoreCounts> ReadCounts();

    /// <summary>
    /// Removes jobs that were done, cancelled or discarded longer ago than the retention time. Dead letters are kept.
    /// </summary>
    /// <param name="queue">The name of the queue.</param>
    /// <param name="retention">The time for which an ended job is kept.</param>
    /// <param name="max">The maximum number of jobs to remove in this call.</param>
    /// <returns>
    /// The number of removed jobs. If it is below <paramref name="max"/>, no further job is to be removed now.
    /// </returns>
    /// <exception cref="JobStoreException">The call failed, for example because the store is unreachable.</exception>
    int Purge(string queue, TimeSpan retention, int max);

    /// <summary>Reads the documents of the key ring that protects payloads and is kept in the store.</summary>
    /// <returns>The documents, in the order in which they were added.</returns>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    IReadOnlyList<string> ReadKeys();

    /// <summary>Adds a document to the key ring.</summary>
    /// <param name="document">The document, one key as XML.</param>
    /// <exception cref="JobStoreException">The call failed, for example because the store is unreachable.</exception>
    void AddKey(string document);

    /// <summary>
    /// Listens for new jobs until the token is cancelled. After the method has thrown, it is called again with a delay.
    /// </summary>
    /// <remarks>Signals only reduce the delay. They may be lost, duplicated or late.</remarks>
    /// <param name="onJobs">Called on any thread when new jobs may be waiting. The callback returns at once.</param>
    /// <param name="cancellationToken">When cancelled, the method returns within a second.</param>
    /// <exception cref="JobStoreException">The store cannot be listened to now.</exception>
    /// <exception cref="NotSupportedException"><see cref="HasSignals"/> is false.</exception>
    void Listen(Action onJobs, CancellationToken cancellationToken);
}
