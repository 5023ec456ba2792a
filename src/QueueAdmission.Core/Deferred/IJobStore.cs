namespace QueueAdmission;

/// <summary>
/// Where accepted jobs wait durably, and where their results are kept: the store behind deferred jobs.
/// </summary>
/// <remarks>
/// <para><b>For authors of stores.</b> A store keeps bytes and counts. It never looks into
/// <see cref="AcceptedJob.Payload"/> or a result. What they mean is decided by <c>QueueAdmission.Deferred</c>.
/// <c>JobStoreContract</c> in the package <c>QueueAdmission.Testing</c> checks an implementation against all that is
/// said here.</para>
/// <para><b>Durability.</b> A method that returns has written what it says, and the write survives the end of the
/// process and of the machine. A method that throws may have written all or nothing, never a part.</para>
/// <para><b>Equation.</b> For each queue, <see cref="JobStoreCounts.Accepted"/> is the sum of waiting, running, done,
/// dead, cancelled and discarded jobs after every call. <see cref="Purge"/> changes none of them.</para>
/// <para><b>Threads.</b> All methods are synchronous and may be called at the same time.
/// <see cref="IJobIntake.Accept"/> is called from one dedicated thread, which combines the jobs of many requests into
/// one call. <see cref="Advance"/>, <see cref="Import"/> and <see cref="Listen"/> have a thread each.</para>
/// <para><b>Time.</b> The store uses one clock of its own for due times, retention and owners. Callers give durations,
/// not moments, so the clocks of several nodes need not agree.</para>
/// <para><b>Failures.</b> <see cref="JobStoreException"/> says why; any other exception counts as
/// <see cref="JobStoreProblem.Unreachable"/>. The store recovers by itself: the next call connects again. It writes no
/// log line for each failed call.</para>
/// </remarks>
public interface IJobStore : IJobIntake
{
    /// <summary>How often a node that runs jobs calls <see cref="RenewOwner"/>.</summary>
    TimeSpan RenewalInterval { get; }

    /// <summary>Whether <see cref="Listen"/> works. If not, nodes learn of new jobs by asking.</summary>
    bool HasSignals { get; }

    /// <summary>
    /// Stores jobs that another intake has accepted, in one transaction, and remembers up to where their source was
    /// read. So each position of a source takes effect once, even if several nodes import it.
    /// </summary>
    /// <remarks>
    /// <para><b>Positions.</b> If the store's position of the source is below <see cref="JobImport.After"/>, nothing
    /// changes. Otherwise jobs at or below the store's position are left out, and the others are stored. The store's
    /// position becomes <see cref="JobImport.Last"/> if that is higher.</para>
    /// <para><b>No refusals.</b> The callers of these jobs have their 202, so each of them is accepted.
    /// <see cref="AcceptedJob.MaxWaiting"/> is not looked at. A job whose <see cref="AcceptedJob.Id"/> is known changes
    /// nothing. One that is a <see cref="JobAcceptanceStatus.Duplicate"/> by its key is not stored: from then on
    /// <see cref="Find"/> with its id gives the earlier job, for as long as that one is kept. One that is
    /// <see cref="JobAcceptanceStatus.KeyReused"/> is stored without its key as a dead letter with the reason
    /// <c>key_reused</c>.</para>
    /// </remarks>
    /// <param name="import">The jobs, and where they are from.</param>
    /// <returns>
    /// The store's position of the source now. If it is below <see cref="JobImport.After"/>, nothing was stored.
    /// </returns>
    /// <exception cref="JobStoreException">Nothing was stored, or it is not known.</exception>
    long Import(JobImport import);

    /// <summary>Reads up to where a source was read.</summary>
    /// <param name="source">The source.</param>
    /// <returns>The highest <see cref="JobImport.Last"/> so far; -1 if there was no import of the source.</returns>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    long ReadPosition(string source);

    /// <summary>
    /// Says that a node lives, and asks for the right to run jobs. Jobs of owners that are gone wait again; for each of
    /// them the attempt counts.
    /// </summary>
    /// <remarks>
    /// An embedded store gives the right to one process at a time. When that process is gone, another one gets the
    /// right within a second. A store for several hosts gives it to every node that lives.
    /// </remarks>
    /// <param name="node">The name of the process, unique in the store. It is not used again after a restart.</param>
    /// <returns>Whether the node may run jobs, and how many jobs of lost owners wait again.</returns>
    /// <exception cref="JobStoreException">The store is away.</exception>
    JobOwnership RenewOwner(string node);

    /// <summary>
    /// Gives the right to run jobs up. Jobs that the node still has wait again, and their attempts do not count.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <exception cref="JobStoreException">The store is away.</exception>
    void ResignOwner(string node);

    /// <summary>Ends attempts, and then claims jobs, in one transaction.</summary>
    /// <remarks>
    /// <para><b>Ends.</b> An end counts only if the job is still claimed by the same
    /// <see cref="ClaimedJob.Claim"/>. An end that comes too late changes nothing.</para>
    /// <para><b>Claims.</b> A job can be claimed when it waits, is due, and no earlier job of its
    /// <see cref="AcceptedJob.SequenceKey"/> is waiting or running. Jobs of a higher priority come first, then those
    /// that were accepted first. The claim is durable before the call returns. Jobs are claimed only for a node that
    /// may run jobs.</para>
    /// </remarks>
    /// <param name="node">The node that has run, and will run, the jobs.</param>
    /// <param name="ends">The attempts that ended.</param>
    /// <param name="claims">For each queue, how many jobs are wanted. A queue occurs at most once.</param>
    /// <returns>Which ends counted, and the claimed jobs.</returns>
    /// <exception cref="JobStoreException">Nothing has changed, or it is not known.</exception>
    JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims);

    /// <summary>Reads one job, with its payload and its result.</summary>
    /// <param name="id">The job, or a duplicate of it that was imported.</param>
    /// <returns>The job; null if there is none, or if it was purged.</returns>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    StoredJob? Find(Guid id);

    /// <summary>Reads dead letters without their payloads, the latest first.</summary>
    /// <param name="queue">The queue; null for all.</param>
    /// <param name="max">The number of jobs, from 1.</param>
    /// <returns>The dead letters.</returns>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    IReadOnlyList<StoredJob> ListDead(string? queue, int max);

    /// <summary>Cancels a job that waits. Its payload is removed.</summary>
    /// <param name="id">The job.</param>
    /// <returns>True if it is cancelled now; false if it does not wait, or does not exist.</returns>
    /// <exception cref="JobStoreException">The store is away.</exception>
    bool Cancel(Guid id);

    /// <summary>
    /// Lets a dead letter wait again, behind the jobs that wait. Its attempts are counted from 0 again.
    /// </summary>
    /// <param name="id">The job.</param>
    /// <returns>True if it waits now; false if it is no dead letter.</returns>
    /// <exception cref="JobStoreException">The store is away.</exception>
    bool Redrive(Guid id);

    /// <summary>Discards a dead letter. Its payload is removed.</summary>
    /// <param name="id">The job.</param>
    /// <returns>True if it is discarded now; false if it is no dead letter.</returns>
    /// <exception cref="JobStoreException">The store is away.</exception>
    bool Discard(Guid id);

    /// <summary>Reads the counts of all queues that ever had a job.</summary>
    /// <returns>The counts, by queue.</returns>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    IReadOnlyList<JobStoreCounts> ReadCounts();

    /// <summary>
    /// Removes jobs that are done, cancelled or discarded for longer than a time. Dead letters stay.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="retention">How long a finished job is kept.</param>
    /// <param name="max">The largest number of jobs to remove in this call.</param>
    /// <returns>The number of removed jobs. Less than <paramref name="max"/> means that none is left.</returns>
    /// <exception cref="JobStoreException">The store is away.</exception>
    int Purge(string queue, TimeSpan retention, int max);

    /// <summary>Reads the documents of a key ring that lies in the store.</summary>
    /// <returns>The documents, in the order in which they were added.</returns>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    IReadOnlyList<string> ReadKeys();

    /// <summary>Adds a document to the key ring.</summary>
    /// <param name="document">The document.</param>
    /// <exception cref="JobStoreException">The store is away.</exception>
    void AddKey(string document);

    /// <summary>
    /// Hears of new jobs until the token is cancelled. Called again, after a while, when it has thrown.
    /// </summary>
    /// <remarks>Signals only save time: some may be lost, doubled or late.</remarks>
    /// <param name="onJobs">Called on any thread when jobs may be waiting. It returns at once.</param>
    /// <param name="cancellationToken">Ends the listening within a second.</param>
    /// <exception cref="JobStoreException">The store cannot be heard now.</exception>
    /// <exception cref="NotSupportedException"><see cref="HasSignals"/> is false.</exception>
    void Listen(Action onJobs, CancellationToken cancellationToken);
}
