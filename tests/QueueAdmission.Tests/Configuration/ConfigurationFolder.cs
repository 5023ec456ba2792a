using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace QueueAdmission.Configuration;

/// <summary>
/// A temporary folder with configuration files. It changes the files in the ways of editors, deployment tools and
/// Kubernetes.
/// </summary>
internal sealed class ConfigurationFolder : IDisposable
{
    private const string DataLink = "..data";
    private readonly string _root = Directory.CreateTempSubdirectory("queue-configuration-").FullName;
    private readonly List<PhysicalFileProvider> _providers = [];

    public JsonConfigurationSource Source(
        string file,
        bool polling = false,
        Action<FileLoadExceptionContext>? onLoadException = null,
        bool optional = false)
    {
        var provider = new PhysicalFileProvider(_root) { UsePollingFileWatcher = polling, UseActivePolling = polling };
        _providers.Add(provider);
        return new JsonConfigurationSource
        {
            FileProvider = provider,
            Path = file,
            ReloadOnChange = true,
            Optional = optional,
            OnLoadException = onLoadException,
        };
    }

    public void Write(string file, string json) => File.WriteAllText(Path.Combine(_root, file), json);

    /// <summary>Writes a new file and renames it to the name of the existing file.</summary>
    public void Replace(string file, string json)
    {
        Write(file + ".new", json);
        File.Move(Path.Combine(_root, file + ".new"), Path.Combine(_root, file), overwrite: true);
    }

    public void Delete(string file) => File.Delete(Path.Combine(_root, file));

    /// <summary>
    /// Replaces the file with a dangling link in one step, as <see cref="Replace"/> does with a file.
    /// </summary>
    public void ReplaceByDanglingLink(string file)
    {
        var staged = Path.Combine(_root, file + ".new");
        File.CreateSymbolicLink(staged, "nowhere");
        Assert.Equal(0, Rename(staged, Path.Combine(_root, file)));
    }

    public void ReplaceByDirectory(string file)
    {
        Delete(file);
        Directory.CreateDirectory(Path.Combine(_root, file));
    }

    public void DeleteDirectory(string file) => Directory.Delete(Path.Combine(_root, file));

    /// <summary>
    /// Updates the file as Kubernetes updates a mounted ConfigMap. The file is a link through the link <c>..data</c> to
    /// the folder of a version. An update creates a new folder and swaps <c>..data</c>. The link with the name of the
    /// file does not change.
    /// </summary>
    public void Mount(string file, string version, string json)
    {
        Directory.CreateDirectory(Path.Combine(_root, version));
        Write(Path.Combine(version, file), json);
        var staged = Path.Combine(_root, "..data_tmp");
        File.CreateSymbolicLink(staged, version);
        Assert.Equal(0, Rename(staged, Path.Combine(_root, DataLink)));
        if (!File.Exists(Path.Combine(_root, file)))
            File.CreateSymbolicLink(Path.Combine(_root, file), Path.Combine(DataLink, file));
    }

    public void Dispose()
    {
        foreach (var provider in _providers)
            provider.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    // .NET cannot rename one link over another, because it resolves both links to their targets.
    [DllImport("libc", EntryPoint = "rename")]
    private static extern int Rename(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
