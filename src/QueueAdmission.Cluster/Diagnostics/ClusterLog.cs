using Microsoft.Extensions.Logging;

namespace QueueAdmission.Cluster;

/// <summary>
/// The log messages of the cluster. An outage of the store is logged once when it begins, and once when it ends.
/// </summary>
internal static partial class ClusterLog
{
    [LoggerMessage(EventId = 60, EventName = "StoreAway", Level = LogLevel.Error,
        Message = "The store of cluster {Cluster} ({Store}) cannot be used ({Problem}). "
            + "Queues fall back to ClusterFallback when their leases end. The node keeps trying. Reason: {Reason}")]
    public static partial void StoreAway(
        ILogger logger, string cluster, string store, LeaseStoreProblem problem, string reason);

    [LoggerMessage(EventId = 61, EventName = "StoreBack", Level = LogLevel.Information,
        Message = "The store of cluster {Cluster} ({Store}) can be used again after {Seconds} s.")]
    public static partial void StoreBack(ILogger logger, string cluster, string store, double seconds);

    [LoggerMessage(EventId = 62, EventName = "LeaseLost", Level = LogLevel.Warning,
        Message = "Queue {Queue} has lost its lease on {Held} workers of the cluster. "
            + "ClusterFallback leaves this node {Fallback} workers.")]
    public static partial void LeaseLost(ILogger logger, string queue, int held, int fallback);

    [LoggerMessage(EventId = 63, EventName = "LeaseRegained", Level = LogLevel.Information,
        Message = "Queue {Queue} has a lease on {Held} workers of the cluster.")]
    public static partial void LeaseGiven(ILogger logger, string queue, int held);

    [LoggerMessage(EventId = 64, EventName = "Learning", Level = LogLevel.Warning,
        Message = "The leases of queue {Queue} in the store may differ from those that the nodes hold ({Reason}). "
            + "For one lease duration, each node keeps its workers, and no node gets more.")]
    public static partial void Learning(ILogger logger, string queue, LearningReason reason);

    [LoggerMessage(EventId = 65, EventName = "SettingsRejected", Level = LogLevel.Error,
        Message = "The new settings of the cluster are not valid. The previous settings stay in effect. "
            + "Errors: {Errors}")]
    public static partial void SettingsRejected(ILogger logger, string errors);

    [LoggerMessage(EventId = 66, EventName = "SignalsLost", Level = LogLevel.Debug,
        Message = "The signals of the store do not arrive. The node polls the store instead, and tries again. "
            + "Reason: {Reason}")]
    public static partial void SignalsLost(ILogger logger, string reason);

    [LoggerMessage(EventId = 67, EventName = "DriverFailed", Level = LogLevel.Error,
        Message = "An error occurred while the node managed its lease of queue {Queue}. The node tries again.")]
    public static partial void DriverFailed(ILogger logger, Exception exception, string queue);
}
