namespace QueueAdmission.Crash;

/// <summary>A folder for the files of one test.</summary>
internal sealed class DemoFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("queueadmission-crash-");

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
            // A process still ends. The folder is temporary, so it may stay.
        }
    }
}
