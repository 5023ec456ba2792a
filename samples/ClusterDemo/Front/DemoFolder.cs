namespace ClusterDemo;

/// <summary>A temporary folder for the SQLite files. It is deleted at the end.</summary>
internal sealed class DemoFolder : IDisposable
{
    private DirectoryInfo? _folder;

    public string Create() => (_folder ??= Directory.CreateTempSubdirectory("clusterdemo-")).FullName;

    public void Dispose()
    {
        try
        {
            _folder?.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A file is still open. The folder is temporary, so it may stay.
        }
    }
}
