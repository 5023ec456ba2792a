using Microsoft.Extensions.Logging;

namespace QueueAdmission.PostgreSql;

/// <summary>Log entries of the lease store in PostgreSQL.</summary>
internal static partial class PostgreSqlLog
{
    [LoggerMessage(EventId = 130, EventName = "PostgreSqlPolls", Level = LogLevel.Warning,
        Message = "Notifications (LISTEN) of PostgreSQL at {Target} do not arrive, for example because of PgBouncer in "
            + "transaction mode. The store polls for signals every {Interval} ms instead. "
            + "Connect without the pooler, or use its session mode.")]
    public static partial void Polls(ILogger logger, string target, double interval);
}
