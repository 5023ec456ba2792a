namespace QueueAdmission.Testing;

/// <summary>
/// The contract of <see cref="ILeaseStore"/>, as checks that run against a real store. The checks work with any test
/// framework, because a failed check throws.
/// </summary>
/// <remarks>
/// Each check uses a separate cluster with a random name. The checks therefore do not disturb each other, and the store
/// need not be empty. The checks leave some small documents behind.
/// </remarks>
public sealed class LeaseStoreContract
{
    /// <summary>Creates the checks.</summary>
    /// <param name="open">
    /// Opens one more connection to the same store. A check uses one or several, and disposes them.
    /// </param>
    /// <param name="openUnreachable">
    /// Opens a store that cannot be reached, for example on a closed port. Null if the store cannot be unreachable, as
    /// a file. Then the check of an unreachable store is omitted.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="open"/> is null.</exception>
    public LeaseStoreContract(Func<ILeaseStore> open, Func<ILeaseStore>? openUnreachable = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        var documents = new DocumentChecks(open);
        var clock = new ClockChecks(open);
        var threads = new ThreadChecks(open);
        var signals = new SignalChecks(open);
        List<LeaseStoreCheck> checks =
        [
            new("A missing document is read as none", documents.ReadsAbsence),
            new("A document is read as it was written", documents.KeepsDocuments),
            new("A document is created once", documents.CreatesOnce),
            new("A write with an old version is refused", documents.RefusesOldVersions),
            new("A write for another identity is refused", documents.RefusesOtherIdentities),
            new("A refused write returns the document", documents.ReadsOnRefusal),
            new("A connection sees what another one has written", documents.SharesDocuments),
            new("Clusters and queues are kept apart", documents.KeepsKeysApart),
            new("Any name of a cluster works", documents.TakesAnyClusterName),
            new("All connections have the same clock, which only goes forward", clock.TellsOneTime),
            new("All connections have the same identity, which does not change", clock.TellsOneIdentity),
            new("No write is lost under contention", threads.LosesNoWrite),
            new("Calls work while the thread pool is starved", threads.SurvivesStarvation),
            new("A disposed store throws ObjectDisposedException", threads.ThrowsWhenDisposed),
            new("Signals reach the listeners of their cluster", signals.DeliversSignals),
            new("Listening ends when it is cancelled", signals.EndsListening),
        ];
        if (openUnreachable is not null)
        {
            checks.Add(
                new("An unreachable store throws in time", () => ThreadChecks.TellsUnreachable(openUnreachable)));
        }
        Checks = checks;
    }

    /// <summary>
    /// All checks. If the store has no signals, the checks of signals only expect that <see cref="ILeaseStore.Listen"/>
    /// throws.
    /// </summary>
    public IReadOnlyList<LeaseStoreCheck> Checks { get; }
}
