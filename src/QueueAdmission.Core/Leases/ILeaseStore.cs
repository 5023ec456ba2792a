namespace QueueAdmission;

/// <summary>
/// The store that the nodes of a cluster share. It provides one small document per queue, a compare-and-set write, and
/// a clock.
/// </summary>
/// <remarks>
/// <para><b>For authors of stores.</b> A store keeps bytes and provides the time. It knows nothing about leases: only
/// <c>QueueAdmission.Cluster</c> interprets the documents. <c>LeaseStoreContract</c> in the package
/// <c>QueueAdmission.Testing</c> checks an implementation against everything stated here.</para>
/// <para><b>Threads.</b> All calls are synchronous. One dedicated thread calls <see cref="Read"/> and
/// <see cref="TryWrite"/>. Another dedicated thread calls <see cref="Listen"/> at the same time. Other threads may
/// occasionally call <see cref="Read"/>. The calls must work while the thread pool is starved. They must therefore not
/// wait for a continuation or a timer on the thread pool.</para>
/// <para><b>Time.</b> Except for <see cref="Listen"/>, each call ends within a timeout that the store sets, by default
/// at most one second. A call that takes longer delays the renewal of all leases of the process.</para>
/// <para><b>Failures.</b> A call that fails throws a <see cref="LeaseStoreException"/>, which states the problem. Any
/// other exception counts as <see cref="LeaseStoreProblem.Unreachable"/>. If <see cref="TryWrite"/> throws, the write
/// may or may not have happened. The store recovers without help: the next call connects again. If credentials can
/// change, that call reads them again. The store does not log each failed call, because the cluster reports an outage
/// once.</para>
/// <para><b>Start.</b> A constructor throws if the settings are invalid, and does not connect to anything. An
/// application can therefore start while the store is unreachable.</para>
/// </remarks>
public interface ILeaseStore : IDisposable
{
    /// <summary>
    /// The name of the kind of store in metrics and logs, without credentials. For example <c>redis</c> or
    /// <c>sqlite</c>.
    /// </summary>
    string Name { get; }

    /// <summary>Whether <see cref="Listen"/> is supported. If not, nodes poll for changes.</summary>
    bool HasSignals { get; }

    /// <summary>
    /// Reads the document of a queue together with the store's time and identity, in one atomic step.
    /// </summary>
    /// <param name="key">The key of the document.</param>
    /// <returns>The reading. <see cref="LeaseStoreReading.Version"/> is null if there is no document.</returns>
    /// <exception cref="LeaseStoreException">The store cannot be read now.</exception>
    /// <exception cref="ObjectDisposedException">The store has been disposed.</exception>
    LeaseStoreReading Read(LeaseStoreKey key);

    /// <summary>
    /// Writes the document of a queue if neither its version nor the identity of the store has changed since a reading.
    /// The check and the write are one atomic step.
    /// </summary>
    /// <remarks>
    /// If the reading contained no document, the write succeeds only if there still is none. The check of
    /// <see cref="LeaseStoreReading.Identity"/> refuses a write that was computed before a failover, because the
    /// promoted replica may lack recent writes.
    /// </remarks>
    /// <param name="key">The key of the document.</param>
    /// <param name="expected">The reading that the write was computed from.</param>
    /// <param name="write">The new content and version.</param>
    /// <param name="current">
    /// If the write was refused, a reading from the time of the refusal or later. Otherwise null.
    /// </param>
    /// <returns>True if the document was written; false if the write was refused and nothing has changed.</returns>
    /// <exception cref="LeaseStoreException">
    /// The call failed. The document may have been written nevertheless.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The store has been disposed.</exception>
    bool TryWrite(
        LeaseStoreKey key,
        LeaseStoreReading expected,
        LeaseStoreWrite write,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out LeaseStoreReading? current);

    /// <summary>
    /// Listens for the signals of a cluster until the token is cancelled. After the method has thrown, it is called
    /// again with a delay.
    /// </summary>
    /// <remarks>
    /// <para>Signals only reduce the delay. A store may lose, duplicate, delay or combine signals. It may also deliver
    /// a node's own signals. It need not keep signals for a node that does not listen.</para>
    /// <para>The call blocks its thread. It returns within a second after <paramref name="cancellationToken"/> is
    /// cancelled. It throws when the connection is lost.</para>
    /// </remarks>
    /// <param name="cluster">The <see cref="LeaseStoreKey.Cluster"/> to listen to.</param>
    /// <param name="onSignal">
    /// Called for each signal, on any thread. The callback returns at once and does not throw. It is also called with
    /// <see cref="LeaseStoreSignal.Connected"/> whenever a connection for listening has been established.
    /// </param>
    /// <param name="cancellationToken">Ends the listening.</param>
    /// <exception cref="LeaseStoreException">The store cannot be listened to now.</exception>
    /// <exception cref="NotSupportedException"><see cref="HasSignals"/> is false.</exception>
    /// <exception cref="ObjectDisposedException">The store has been disposed.</exception>
    void Listen(string cluster, Action<LeaseStoreSignal> onSignal, CancellationToken cancellationToken);
}
