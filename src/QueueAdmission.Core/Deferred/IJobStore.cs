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
/// <para><b>Threads.</b> All methods are synchronous and may be called at the same time. <see cref="Accept"/> is called
/// from one dedicated thread, which combines the jobs of many requests into one call. <see cref="Advance"/> is called
/// from another one, and <see cref="Listen"/> from a third.</para>
/// <para><b>Time.</b> The store uses one clock of its own for due times, retention and owners. Callers give durations,
/// not moments, so the clocks of several nodes need not agree.</para>
/// <para><b>Failures.</b> <see cref="JobStoreException"/> says why; any other exception counts as
/// <see cref="JobStoreProblem.Unreachable"/>. The store recovers by itself: the next call connects again. It writes no
/// log line for each failed call.</para>
/// </remarks>
public interface IJobStore : IDisposable
{
    /// <summary>What the store is, in metrics and logs, without credentials. For example <c>sqlite</c>.</summary>
    string Name { get; }

    /// <summary>How often a node that runs jobs calls <see cref="RenewOwner"/>.</summary>
    TimeSpan RenewalInterval { get; }

    /// <summary>Whether <see cref="Listen"/> works. If not, nodes learn of new jobs by asking.</summary>
    bool HasSignals { get; }

    /// <summary>
    /// Creates the schema, or brings an older one up to date. Called when the application starts, and again until it
    /// has worked once.
    /// </summary>
    /// <exception cref="JobStoreException">
    /// The store is away, or its schema is newer than this release can use (<see cref="JobStoreProblem.Unusable"/>).
    /// </exception>
    void Open();

    /// <summary>Stores jobs durably, all of them in one transaction.</summary>
    /// <remarks>
    /// Each job is decided for itself, in the order of the list: a full queue or a duplicate does not fail the others.
    /// Jobs of one queue keep the order of the list. When a call has failed, the same jobs may be given again: those
    /// that were stored after all are duplicates.
    /// </remarks>
    /// <param name="jobs">The jobs of one or several queues.</param>
    /// <returns>What became of each job, in the same order.</returns>
    /// <exception cref="JobStoreException">Nothing was accepted, or it is not known.</exception>
    IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs);

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
    /// <param name="id">The job.</param>
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
