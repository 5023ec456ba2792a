using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Cluster;

/// <summary>
/// The connection to the store of the cluster. It measures the calls, and logs the beginning and the end of each
/// outage.
/// </summary>
internal sealed class ClusterConnection(
    ILeaseStore store, string cluster, ClusterMetrics metrics, TimeProvider time, ILogger logger)
{
    private volatile ClusterOutage? _outage;

    public ILeaseStore Store => store;

    public string Cluster => cluster;

    public ClusterMetrics Metrics => metrics;

    public ClusterOutage? Outage => _outage;

    public LeaseStoreReading Read(LeaseStoreKey key)
    {
        var started = time.GetTimestamp();
        var reading = store.Read(key);
        OnSucceeded("read", started);
        return reading;
    }

    public bool TryWrite(
        LeaseStoreKey key,
        LeaseStoreReading expected,
        LeaseStoreWrite write,
        [NotNullWhen(false)] out LeaseStoreReading? current)
    {
        var started = time.GetTimestamp();
        var isWritten = store.TryWrite(key, expected, write, out current);
        OnSucceeded("write", started);
        return isWritten;
    }

    public void OnFailed(Exception exception)
    {
        var problem = exception is LeaseStoreException known ? known.Problem : LeaseStoreProblem.Unreachable;
        var before = _outage;
        _outage = new ClusterOutage(problem, exception.Message, before?.Since ?? time.GetUtcNow());
        if (before is null)
            ClusterLog.StoreAway(logger, cluster, store.Name, problem, exception.Message);
    }

    private void OnSucceeded(string operation, long started)
    {
        metrics.RecordStoreCall(store.Name, operation, time.GetElapsedTime(started));
        if (_outage is not { } outage)
            return;
        _outage = null;
        ClusterLog.StoreBack(
            logger, cluster, store.Name, Math.Round((time.GetUtcNow() - outage.Since).TotalSeconds, 1));
    }
}
