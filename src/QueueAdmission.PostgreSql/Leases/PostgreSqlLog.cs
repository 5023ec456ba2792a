using Microsoft.Extensions.Logging;

namespace QueueAdmission.PostgreSql;

/// <summary>Log entries of the lease store in PostgreSQL.</summary>
internal static partial class PostgreSqlLog
{
    [LoggerMessage(EventId = 130, EventName = "PostgreSqlPolls", Level = LogLevel.Warning,
        Message = "LISTEN does not reach PostgreSQL at {Target}, as with PgBouncer in transaction mode. The store looks for signals every {Interval} ms instead. Connect without the pooler, or in its session mode.")]
    public static partial void Polls(ILogger logger, string target, double interval);
}
