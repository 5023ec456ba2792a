using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission.PostgreSql;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>Opens stores of deferred jobs as the application does.</summary>
internal static class PostgreSqlJobs
{
    public static PostgreSqlJobStore Open(
        string? connectionString, Action<PostgreSqlJobStoreOptions>? configure = null, ILogger? logger = null, IReadOnlyList<string>? steps = null)
    {
        var options = new PostgreSqlJobStoreOptions();
        configure?.Invoke(options);
        return new(() => connectionString, options, logger ?? NullLogger.Instance, steps);
    }
}
