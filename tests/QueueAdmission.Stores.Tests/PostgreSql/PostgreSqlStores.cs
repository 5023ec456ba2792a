using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission.PostgreSql;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>
/// Opens stores as the application does. Calls may take longer than by default, because the machines that test are
/// often busy.
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
