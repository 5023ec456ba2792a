using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>Calls the store for this node: opens it once, times each call, and logs an outage once.</summary>
/// <param name="store">The store.</param>
/// <param name="isIntake">Whether requests are accepted by the store, so that none are while it is away.</param>
/// <param name="createProtector">Reads the keys, which may lie in the store.</param>
/// <param name="metrics">Told of each call.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of outages.</param>
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

    /// <summary>What is wrong with the store; null if the last call succeeded, or there was none yet.</summary>
    public DeferredJobsOutage? Outage => _outage.Current;

    /// <summary>Encrypts and decrypts; null until the store was opened once, since the keys may lie in it.</summary>
    public JobProtector? Protector => _protector;

    /// <summary>
    /// Opens the store if that has not worked yet, and reads the keys. After an outage it makes sure that the keys are
    /// still there: the store that came back may be another one.
    /// </summary>
    /// <exception cref="Exception">The store is away, or cannot be used.</exception>
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
                // The first use reads the key ring, or makes it. Here a request does not wait for that.
                protector.UnprotectRequest(protector.ProtectRequest([]));
                return protector;
            });
        }
    }

    /// <summary>Calls the store.</summary>
    /// <param name="operation">The operation, for metrics.</param>
    /// <param name="call">The call.</param>
    /// <exception cref="Exception">What the store threw. The outage is reported.</exception>
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
            // Before the call, which sets it again if it fails.
            _mayHaveLostKeys = false;
            Call("keys", _ =>
            {
                protector.RestoreKeys();
                return 0;
            });
        }
    }
}
