using Microsoft.Data.Sqlite;

namespace QueueAdmission.Sqlite;

/// <summary>
/// Translates the errors of SQLite to those of a lease store. Codes: https://www.sqlite.org/rescode.html
/// </summary>
internal static class SqliteErrors
{
    private const int Perm = 3;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int CannotOpen = 14;
    private const int Protocol = 15;
    private const int Auth = 23;

    public static LeaseStoreException Translated(Exception exception, string path) => exception switch
    {
        LeaseStoreException translated => translated,
        SqliteException { SqliteErrorCode: Busy or Locked or Protocol } => new LeaseStoreException(
            LeaseStoreProblem.Unreachable, $"SQLite: {path} is locked by another process: {exception.Message}",
            exception),
        SqliteException { SqliteErrorCode: Perm or ReadOnly or Auth } => new LeaseStoreException(
            LeaseStoreProblem.AccessDenied, $"SQLite: {path} may not be written: {exception.Message}", exception),
        SqliteException { SqliteErrorCode: CannotOpen } => CannotBeOpened(path, exception),
        _ => new LeaseStoreException(
            LeaseStoreProblem.Unusable, $"SQLite: {path} cannot be used: {exception.Message}", exception),
    };

    private static LeaseStoreException CannotBeOpened(string path, Exception exception)
    {
        if (Directory.Exists(path))
        {
            return new LeaseStoreException(LeaseStoreProblem.Unusable, $"SQLite: {path} is a folder.", exception);
        }
        return Directory.Exists(Path.GetDirectoryName(path))
            ? new LeaseStoreException(
                LeaseStoreProblem.AccessDenied, $"SQLite: {path} may not be opened or created.", exception)
            : new LeaseStoreException(
                LeaseStoreProblem.Unusable, $"SQLite: the folder of {path} does not exist.", exception);
    }
}
