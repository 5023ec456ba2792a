namespace QueueAdmission.Crash;

/// <summary>A folder for the files of one test.</summary>
internal sealed class DemoFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("queueadmission-crash-");

    /// <param name="isPublic">Whether other accounts can read the folder, for example the account of a server.</param>
    public DemoFolder(bool isPublic = false)
    {
        if (isPublic && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
    }

    public string Path => _folder.FullName;

    public string Jobs => System.IO.Path.Combine(Path, "jobs.db");

    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process is still ending. The folder is temporary, so it may remain.
        }
    }
}
