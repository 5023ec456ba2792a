namespace QueueAdmission.Testing;

/// <summary>
/// The contract of <see cref="IJobStore"/>, as checks that run against a real store. The checks work with any test
/// framework, because a failed check throws.
/// </summary>
/// <remarks>
/// Each check uses separate queues with random names, so the store need not be empty. Run the checks one after the
/// other, because a store may let only one node at a time run jobs. The checks leave some jobs behind.
/// </remarks>
public sealed class JobStoreContract
{
    /// <summary>Creates the checks.</summary>
    /// <param name="open">
    /// Opens one more connection to the same store. A check uses one or several, and disposes them. A connection that
    /// is opened later must find the jobs of disposed connections.
    /// </param>
    /// <param name="openUnreachable">
    /// Opens a store that cannot be reached, for example on a closed port. Null if the store cannot be unreachable, as
    /// a file. Then the check of an unreachable store is omitted.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="open"/> is null.</exception>
    public JobStoreContract(Func<IJobStore> open, Func<IJobStore>? openUnreachable = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        List<JobStoreCheck> checks = [];
        Add(JobAcceptChecks.All);
        Add(JobImportChecks.All);
        Add(JobOrderChecks.All);
        Add(JobSequenceChecks.All);
        Add(JobEndChecks.All);
        Add(JobOwnerChecks.All);
        Add(JobOperatorChecks.All);
        Add(JobLoadChecks.All);
        if (openUnreachable is not null)
        {
            checks.Add(new JobStoreCheck(
                "An unreachable store throws in time", () => JobOperatorChecks.TellsUnreachable(openUnreachable)));
        }
        Checks = checks;

        void Add(IEnumerable<(string Name, Action<JobStoreTrial> Run)> group)
        {
            foreach (var (name, run) in group)
            {
                checks.Add(new JobStoreCheck(name, () => Run(open, run)));
            }
        }
    }

    /// <summary>
    /// All checks. If the store has no signals, the check of signals only expects that <see cref="IJobStore.Listen"/>
    /// throws.
    /// </summary>
    public IReadOnlyList<JobStoreCheck> Checks { get; }

    private static void Run(Func<IJobStore> open, Action<JobStoreTrial> check)
    {
        using var trial = new JobStoreTrial(open);
        check(trial);
    }
}
