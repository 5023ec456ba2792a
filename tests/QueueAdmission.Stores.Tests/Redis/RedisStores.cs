using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission.Redis;

namespace QueueAdmission.Stores.Redis;

/// <summary>
/// Opens lease stores like an application does. The time limit of calls is longer than the default, because machines
/// that run tests are often busy.
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
