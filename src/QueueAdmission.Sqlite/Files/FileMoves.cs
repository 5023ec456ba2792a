using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace QueueAdmission.Sqlite;

/// <summary>Detects that the path of an open file now belongs to another file, or to none.</summary>
/// <remarks>
/// On Unix, a process can still use an open file after it has been deleted or renamed. Processes that start later
/// create a new file, and the two groups do not see each other. SQLite can compare the two files, but in WAL mode it
/// does so only on request.
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
            // The program uses another build of SQLite, whose library has another name.
            return false;
        }
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileControl(IntPtr connection, string database, int operation, out int argument);
}
