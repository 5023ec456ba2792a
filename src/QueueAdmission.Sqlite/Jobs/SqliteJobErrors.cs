using Microsoft.Data.Sqlite;

namespace QueueAdmission.Sqlite;

/// <summary>
/// Translates the errors of SQLite to those of a job store. Codes: https://www.sqlite.org/rescode.html
/// </summary>
internal static class SqliteJobErrors
{
    private const int Perm = 3;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Protocol = 15;
    private const int Auth = 23;

    public static JobStoreException Translated(Exception exception, string path) => exception switch
    {
        JobStoreException translated => translated,
        ForeignHostException => new JobStoreException(JobStoreProblem.Unusable, exception.Message, exception),
        SqliteException { SqliteErrorCode: Busy or Locked or Protocol } => new JobStoreException(
            JobStoreProblem.Unreachable, $"SQLite: {path} is locked by another process: {exception.Message}",
            exception),
        SqliteException { SqliteErrorCode: InputOutput } or IOException => new JobStoreException(
            JobStoreProblem.Unreachable, $"SQLite: {path} cannot be read or written: {exception.Message}", exception),
        SqliteException { SqliteErrorCode: Full } => new JobStoreException(
            JobStoreProblem.Full, $"SQLite: the disk of {path} is full: {exception.Message}", exception),
        SqliteException { SqliteErrorCode: Perm or ReadOnly or Auth } or UnauthorizedAccessException =>
            new JobStoreException(
            JobStoreProblem.AccessDenied, $"SQLite: {path} may not be written: {exception.Message}", exception),
        SqliteException { SqliteErrorCode: CannotOpen } => CannotBeOpened(path, exception),
        _ => new JobStoreException(
            JobStoreProblem.Unusable, $"SQLite: {path} cannot be used: {exception.Message}", exception),
    };

    /// <summary>Whether the connection can still be used after the error.</summary>
    public static bool LeavesConnection(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: Busy or Locked or Full };

    private static JobStoreException CannotBeOpened(string path, Exception exception)
    {
        if (Directory.Exists(path))
        {
            return new JobStoreException(JobStoreProblem.Unusable, $"SQLite: {path} is a folder.", exception);
        }
        return Directory.Exists(Path.GetDirectoryName(path))
            ? new JobStoreException(
                JobStoreProblem.AccessDenied, $"SQLite: {path} may not be opened or created.", exception)
            : new JobStoreException(
                JobStoreProblem.Unusable, $"SQLite: the folder of {path} does not exist.", exception);
    }
}
