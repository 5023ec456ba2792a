namespace QueueAdmission;

/// <summary>
/// What makes an accepted job durable before its caller gets the 202. By default it is the <see cref="IJobStore"/>. A
/// log in front of the store is another one: the jobs reach the store later, by <see cref="IJobStore.Import"/>.
/// </summary>
/// <remarks>
/// <para><b>Threads.</b> The methods are synchronous. One dedicated thread calls <see cref="Accept"/> with the jobs of
/// many requests, and a second call begins after the first one has returned.</para>
/// <para><b>Failures.</b> <see cref="JobStoreException"/> says why; any other exception counts as
/// <see cref="JobStoreProblem.Unreachable"/>. The intake recovers by itself: the next call connects again.</para>
/// </remarks>
public interface IJobIntake : IDisposable
{
    /// <summary>What the intake is, in metrics and logs, without credentials. For example <c>sqlite</c>.</summary>
    string Name { get; }

    /// <summary>
    /// What keeps jobs that this process has accepted, or should bring to the store, from getting there. Null if
    /// nothing does, and always for a store.
    /// </summary>
    DeferredJobsOutage? Outage => null;

    /// <summary>
    /// Creates the schema, or brings an older one up to date; an intake that has none looks whether it can be used.
    /// Called when the application starts, and again until it has worked once.
    /// </summary>
    /// <exception cref="JobStoreException">
    /// It is away, or cannot be used. For example, its schema is newer than this release can use
    /// (<see cref="JobStoreProblem.Unusable"/>).
    /// </exception>
    void Open();

    /// <summary>Stores jobs durably. A store does so in one transaction.</summary>
    /// <remarks>
    /// Each job is decided for itself, in the order of the list: a full queue or a duplicate does not fail the others.
    /// Jobs of one queue keep the order of the list. When a call has failed, the same jobs may be given again: those
    /// that were stored after all are duplicates.
    /// </remarks>
    /// <param name="jobs">The jobs of one or several queues.</param>
    /// <returns>What became of each job, in the same order.</returns>
    /// <exception cref="JobStoreException">Nothing was accepted, or it is not known.</exception>
    IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs);
}
