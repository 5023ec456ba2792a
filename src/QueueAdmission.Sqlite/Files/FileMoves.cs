using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace QueueAdmission.Sqlite;

/// <summary>Notices that the file under the path is not the one that is open.</summary>
/// <remarks>
/// On Unix a file that was deleted or renamed stays usable for those that have it open. Later processes make a new one,
/// and the two groups do not see each other. SQLite compares the two files, but does not check by itself in WAL mode.
/// </remarks>
internal static partial class FileMoves
{
    /// <summary><c>SQLITE_FCNTL_HAS_MOVED</c>, https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html</summary>
    private const int HasMovedOperation = 20;

    public static bool HasMoved(SqliteConnection connection)
    {
        try
        {
            var result = FileControl(connection.Handle!.DangerousGetHandle(), "main", HasMovedOperation, out var moved);
            return result == 0 && moved != 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // The program brings another build of SQLite under another name.
            return false;
        }
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileControl(IntPtr connection, string database, int operation, out int argument);
}
