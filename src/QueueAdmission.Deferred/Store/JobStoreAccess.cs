using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>
/// Calls the store for this node. It opens the store once, measures each call, and logs each outage once.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="isIntake">
/// Whether the store itself accepts requests. If so, no requests are accepted while the store is unreachable.
/// </param>
/// <param name="createProtector">Creates the protector. This reads the keys, which may be kept in the store.</param>
/// <param name="metrics">Records each call.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Receives the outages.</param>
internal sealed class JobStoreAccess(
    IJobStore store, bool isIntake, Func<JobProtector> createProtector, DeferredMetrics metrics, TimeProvider time,
    ILogger logger)
{
    private readonly Lock _opening = new();
    private readonly OutageReport _outage = new(
        time,
        (problem, reason) =>
        {
            if (isIntake)
            {
                DeferredLog.StoreAway(logger, store.Name, problem, reason);
            }
            else
            {
                DeferredLog.StoreBehindAway(logger, store.Name, problem, reason);
            }
        },
        seconds => DeferredLog.StoreBack(logger, store.Name, seconds));
    private volatile JobProtector? _protector;
    private volatile bool _mayHaveLostKeys;

    public IJobStore Store => store;

    /// <summary>
    /// The current outage of the store. Null if the last call succeeded, or if there was no call yet.
    /// </summary>
    public DeferredJobsOutage? Outage => _outage.Current;

    /// <summary>
    /// Encrypts and decrypts. Null until the store has been opened once, because the keys may be kept in the store.
    /// </summary>
    public JobProtector? Protector => _protector;

    /// <summary>
    /// Opens the store and reads the keys, unless this has already succeeded. After an outage, writes missing keys to
    /// the store again, because the store may have been replaced by another one.
    /// </summary>
    /// <exception cref="Exception">The store is unreachable or unusable.</exception>
    public void Open()
    {
        if (_protector is { } current)
        {
            RestoreKeys(current);
            return;
        }
        lock (_opening)
        {
            if (_protector is not null)
            {
                return;
            }
            Call("open", static store =>
            {
                store.Open();
                return 0;
            });
            _protector = Call("keys", _ =>
            {
                var protector = createProtector();
                // The first use reads or creates the key ring. This call does so now, so that no request has to wait
                // for it.
                protector.UnprotectRequest(protector.ProtectRequest([]));
                return protector;
            });
        }
    }

    /// <summary>Calls the store.</summary>
    /// <param name="operation">The operation, for metrics.</param>
    /// <param name="call">The call.</param>
    /// <exception cref="Exception">The exception that the store threw. The outage has been reported.</exception>
    public T Call<T>(string operation, Func<IJobStore, T> call)
    {
        var started = time.GetTimestamp();
        try
        {
            var result = call(store);
            _outage.OnSuccess();
            return result;
        }
        catch (Exception exception)
        {
            _mayHaveLostKeys = true;
            _outage.OnFailure(exception);
            throw;
        }
        finally
        {
            metrics.RecordStoreCall(store.Name, operation, time.GetElapsedTime(started));
        }
    }

    private void RestoreKeys(JobProtector protector)
    {
        if (!_mayHaveLostKeys)
        {
            return;
        }
        lock (_opening)
        {
            if (!_mayHaveLostKeys)
            {
                return;
            }
            // Reset before the call, because the call sets the flag again if it fails.
            _mayHaveLostKeys = false;
            Call("keys", _ =>
            {
                protector.RestoreKeys();
                return 0;
            });
        }
    }
}
