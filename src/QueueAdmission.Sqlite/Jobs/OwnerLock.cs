using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace QueueAdmission.Sqlite;

/// <summary>A lock on a file that one process at a time has, for as long as it lives.</summary>
/// <remarks>
/// <para>The operating system drops the lock when the process ends, however it ends. A process that is frozen keeps
/// it.</para>
/// <para>The lock is on a file of its own. SQLite holds POSIX locks on the database file, and closing any handle on
/// that file would drop them. On Unix the lock is one of <c>flock</c>: it belongs to the open file, so two stores in
/// one process exclude each other as well. .NET's own locking of files is not used there, because it ignores errors and
/// can be switched off.</para>
/// </remarks>
internal sealed partial class OwnerLock : IDisposable
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;

    private readonly SafeFileHandle _handle;

    private OwnerLock(SafeFileHandle handle)
    {
        _handle = handle;
    }

    /// <summary>Takes the lock.</summary>
    /// <returns>Null if another process has it.</returns>
    /// <exception cref="IOException">The file cannot be made or locked.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be made or opened.</exception>
    public static OwnerLock? TryTake(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return TryTakeOnWindows(path);
        }
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (IOException exception) when (IsTaken(exception.HResult))
        {
            // .NET takes a shared lock for the length of the opening.
            return null;
        }
        if (Flock(handle, Exclusive | NonBlocking) == 0)
        {
            return new OwnerLock(handle);
        }
        var error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        return IsTaken(error) ? null : throw new IOException($"flock failed on {path} with error {error}.");
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>EWOULDBLOCK is 11 on Linux and 35 on macOS and BSD; EINTR is 4.</summary>
    private static bool IsTaken(int error) => error is 11 or 35 or 4;

    private static OwnerLock? TryTakeOnWindows(string path)
    {
        const int sharingViolation = unchecked((int)0x80070020);
        try
        {
            return new OwnerLock(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception.HResult == sharingViolation)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);
}
