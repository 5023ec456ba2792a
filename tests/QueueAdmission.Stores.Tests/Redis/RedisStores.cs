using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission.Redis;

namespace QueueAdmission.Stores.Redis;

/// <summary>
/// Opens stores as the application does. Calls may take longer than by default, because the machines that test are
/// often busy.
/// </summary>
internal static class RedisStores
{
    public static RedisLeaseStore Open(
        string connectionString, RedisLeaseStoreOptions? options = null, ILogger? logger = null) =>
        new(
            () => connectionString,
            options ?? new RedisLeaseStoreOptions { CallTimeout = TimeSpan.FromSeconds(5) },
            logger ?? NullLogger.Instance);
}
