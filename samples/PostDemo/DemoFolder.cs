namespace PostDemo;

/// <summary>
/// The folder of the two database files: the folder of <c>--data</c>, or a temporary folder that is deleted at the end.
/// </summary>
internal sealed class DemoFolder : IDisposable
{
    public const string Name = "data";
    public const string Option = $"--{Name}";

    private readonly DirectoryInfo? _temporary;

    /// <exception cref="DemoException">The folder cannot be created.</exception>
    public DemoFolder(string? path)
    {
        try
        {
            Path = string.IsNullOrEmpty(path)
                ? (_temporary = Directory.CreateTempSubdirectory("postdemo-")).FullName
                : Directory.CreateDirectory(path).FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DemoException($"The folder {path} of {Option} cannot be used: {exception.Message}", exception);
        }
    }

    public string Path { get; }

    public void Dispose()
    {
        try
        {
            _temporary?.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A file is still open. The folder is temporary, so it may stay.
        }
    }
}
