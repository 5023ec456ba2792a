using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace QueueAdmission.Sqlite;

/// <summary>A lock on a file. One process at a time can hold the lock, at most until the process ends.</summary>
/// <remarks>
/// <para>The operating system releases the lock when the process ends, even after a crash. A frozen process keeps the
/// lock.</para>
/// <para>The lock uses a separate file. SQLite holds POSIX locks on the database file, and closing any handle of that
/// file would release them. On Unix, the lock is a <c>flock</c>. It belongs to the open file, so two stores in one
/// process also exclude each other. .NET's file locking is not used on Unix, because it ignores errors and can be
/// disabled.</para>
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

    /// <summary>Acquires the lock if it is free.</summary>
    /// <returns>The lock, or null if another process holds it.</returns>
    /// <exception cref="IOException">The file cannot be created or locked.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not create or open the file.</exception>
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
            // .NET briefly takes a shared lock while it opens a file, which fails if another process holds the lock.
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

    /// <summary>
    /// Whether the error means that the lock is held: EWOULDBLOCK (11 on Linux, 35 on macOS and BSD) or EINTR (4).
    /// </summary>
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
