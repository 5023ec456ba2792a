using Microsoft.Extensions.Logging;

namespace QueueAdmission.Redis;

/// <summary>Log entries of the lease store in Redis.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(EventId = 120, EventName = "RedisMayEvict", Level = LogLevel.Warning,
        Message = "Redis at {Server} has the maxmemory-policy {Policy}, so it may evict the documents of the leases. "
            + "For one lease duration, no lease then gets more workers. "
            + "Set maxmemory-policy to noeviction, or use a separate server.")]
    public static partial void MayEvict(ILogger logger, string server, string policy);

    [LoggerMessage(EventId = 121, EventName = "RedisMayNotPublish", Level = LogLevel.Warning,
        Message = "The account may not publish on Redis at {Server}, so a node learns of the demand of other nodes "
            + "only when it renews its lease. Allow it: ACL SETUSER … +publish +subscribe &{Channel}")]
    public static partial void MayNotPublish(ILogger logger, string server, string channel);
}
