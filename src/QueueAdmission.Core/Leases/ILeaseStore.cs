namespace QueueAdmission;

/// <summary>
/// The place where the nodes of a cluster meet: one small document for each queue, compare-and-set, and a clock.
/// </summary>
/// <remarks>
/// <para><b>For authors of stores.</b> A store keeps bytes and tells the time. It knows nothing about leases: what the
/// document means is decided by <c>QueueAdmission.Cluster</c>. <c>LeaseStoreContract</c> in the package
/// <c>QueueAdmission.Testing</c> checks an implementation against all that is said here.</para>
/// <para><b>Threads.</b> <see cref="Read"/> and <see cref="TryWrite"/> are called synchronously from one dedicated
/// thread, <see cref="Listen"/> from another one, and both at the same time. Other threads may call
/// <see cref="Read"/> now and then. The calls have to work while the thread pool is starved. So nothing in them may
/// wait for a continuation or a timer of the thread pool.</para>
/// <para><b>Time.</b> Each call ends within a limit that the store sets itself, at most one second by default. A call
/// that takes longer delays the renewal of all leases of the process.</para>
/// <para><b>Failures.</b> A call that cannot be carried out throws. <see cref="LeaseStoreException"/> says why; any
/// other exception counts as <see cref="LeaseStoreProblem.Unreachable"/>. After an exception of <see cref="TryWrite"/>
/// the write may have happened or not. The store recovers by itself: the next call connects again, with credentials
/// that are read again where they can change. It writes no log line for each failed call, because the cluster reports
/// an outage once.</para>
/// <para><b>Start.</b> A constructor throws for settings that can never work, and connects to nothing. The application
/// starts while the store is away.</para>
/// </remarks>
public interface ILeaseStore : IDisposable
{
    /// <summary>
    /// What the store is, in metrics and logs, without credentials. For example <c>redis</c> or <c>sqlite</c>.
    /// </summary>
    string Name { get; }

    /// <summary>Whether <see cref="Listen"/> works. If not, nodes learn of changes by reading.</summary>
    bool HasSignals { get; }

    /// <summary>Reads the document of a queue, with the store's time and identity, in one atomic step.</summary>
    /// <param name="key">The queue.</param>
    /// <returns>The reading. <see cref="LeaseStoreReading.Version"/> is null if there is no document.</returns>
    /// <exception cref="LeaseStoreException">The store cannot be read now.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    LeaseStoreReading Read(LeaseStoreKey key);

    /// <summary>
    /// Writes the document of a queue if nothing has changed since a reading: neither the version, nor the process that
    /// serves the store. The check and the write are one atomic step.
    /// </summary>
    /// <remarks>
    /// A reading without a document expects that there still is none. The check of
    /// <see cref="LeaseStoreReading.Identity"/> keeps a write that was computed before a failover away from a replica
    /// that is behind.
    /// </remarks>
    /// <param name="key">The queue.</param>
    /// <param name="expected">The reading that the write was computed from.</param>
    /// <param name="write">What to write.</param>
    /// <param name="current">
    /// If the write was refused, a reading that was made after the refusal or together with it. Otherwise null.
    /// </param>
    /// <returns>True if the document was written; false if it was refused. Then nothing has changed.</returns>
    /// <exception cref="LeaseStoreException">The store cannot be written now. It may have been written.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    bool TryWrite(
        LeaseStoreKey key,
        LeaseStoreReading expected,
        LeaseStoreWrite write,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out LeaseStoreReading? current);

    /// <summary>
    /// Hears the signals of a cluster until the token is cancelled. Called again, after a while, when it has thrown.
    /// </summary>
    /// <remarks>
    /// <para>Signals only save time. A store may lose some, deliver them twice or late, and combine several. It may
    /// deliver the node's own signals as well. It need not keep them for a node that does not listen.</para>
    /// <para>The call blocks its thread. It returns soon after <paramref name="cancellationToken"/> is cancelled:
    /// within a second. It throws when the connection is lost.</para>
    /// </remarks>
    /// <param name="cluster">The <see cref="LeaseStoreKey.Cluster"/> whose signals are wanted.</param>
    /// <param name="onSignal">
    /// Called for each signal, on any thread. It returns at once and does not throw. Also called once with
    /// <see cref="LeaseStoreSignal.Connected"/> when the store listens, also if it listens again.
    /// </param>
    /// <param name="cancellationToken">Ends the listening.</param>
    /// <exception cref="LeaseStoreException">The store cannot be heard now.</exception>
    /// <exception cref="NotSupportedException"><see cref="HasSignals"/> is false.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    void Listen(string cluster, Action<LeaseStoreSignal> onSignal, CancellationToken cancellationToken);
}
