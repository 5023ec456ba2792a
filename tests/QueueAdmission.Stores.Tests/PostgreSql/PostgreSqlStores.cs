using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission.PostgreSql;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>
/// Opens lease stores like an application does. The time limit of calls is longer than the default, because machines
/// that run tests are often busy.
/// </summary>
internal static class PostgreSqlStores
{
    public static PostgreSqlLeaseStore Open(
        string? connectionString, PostgreSqlLeaseStoreOptions? options = null, ILogger? logger = null) =>
        new(
            () => connectionString,
            options ?? new PostgreSqlLeaseStoreOptions { CallTimeout = TimeSpan.FromSeconds(5) },
            logger ?? NullLogger.Instance);
}
