using Microsoft.Extensions.Logging;

namespace QueueAdmission.Sqlite;

/// <summary>Log entries of the store of deferred jobs in SQLite.</summary>
internal static partial class SqliteJobLog
{
    [LoggerMessage(EventId = 140, EventName = "SqliteFileIsShortLived", Level = LogLevel.Warning,
        Message = "The deferred jobs are in {Path} on a file system of the type {Type}, whose content is lost when its "
            + "container is removed or the host restarts. Accepted jobs are then lost. Put the file on a volume.")]
    public static partial void IsShortLived(ILogger logger, string path, string type);
}
