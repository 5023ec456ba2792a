namespace QueueAdmission;

/// <summary>
/// Makes an accepted job durable before its caller receives the 202 response. By default, the intake is the
/// <see cref="IJobStore"/> itself. Another intake is a log in front of the store, from which
/// <see cref="IJobStore.Import"/> later transfers the jobs to the store.
/// </summary>
/// <remarks>
/// <para><b>Threads.</b> The methods are synchronous. One dedicated thread calls <see cref="Accept"/> with the jobs of
/// many requests, so calls never overlap.</para>
/// <para><b>Failures.</b> A call that fails throws a <see cref="JobStoreException"/>, which states the problem. Any
/// other exception counts as <see cref="JobStoreProblem.Unreachable"/>. The intake recovers without help: the next call
/// connects again.</para>
/// </remarks>
public interface IJobIntake : IDisposable
{
    /// <summary>
    /// The name of the kind of intake in metrics and logs, without credentials. For example <c>sqlite</c>.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// The outage that currently prevents this process from transferring accepted jobs to the store. Null if there is
    /// none. Always null for a store.
    /// </summary>
    DeferredJobsOutage? Outage => null;

    /// <summary>
    /// Creates the schema, or upgrades an older one. An intake without a schema checks whether it can be used. Called
    /// when the application starts, and repeated until a call succeeds.
    /// </summary>
    /// <exception cref="JobStoreException">
    /// The intake is unreachable or cannot be used. For example, its schema is newer than this release supports
    /// (<see cref="JobStoreProblem.Unusable"/>).
    /// </exception>
    void Open();

    /// <summary>Stores jobs durably. A store does so in one transaction.</summary>
    /// <remarks>
    /// Each job is decided separately, in the order of the list. A full queue or a duplicate does not affect the other
    /// jobs. Jobs of one queue keep the order of the list. After a failed call, the same jobs may be passed again:
    /// those that were stored after all are then duplicates.
    /// </remarks>
    /// <param name="jobs">The jobs of one or several queues.</param>
    /// <returns>The outcome for each job, in the same order.</returns>
    /// <exception cref="JobStoreException">
    /// No job was accepted, or it is unknown whether jobs were accepted.
    /// </exception>
    IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs);
}
