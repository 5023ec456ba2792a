using System.Reflection;
using QueueAdmission.Packaging.Processes;

[assembly: AssemblyFixture(typeof(QueueAdmission.Packaging.PackedLibraries))]

namespace QueueAdmission.Packaging;

/// <summary>
/// Both packages, created once for all tests with <c>dotnet pack</c>, in a folder that serves as a package source.
/// </summary>
public sealed class PackedLibraries : IAsyncLifetime
{
    private const string VersionSuffix = "packaging-test";

    private readonly DirectoryInfo _work = Directory.CreateTempSubdirectory("queue-admission-");

    public string Feed => Path.Combine(_work.FullName, "feed");

    public string Version { get; private set; } = "";

    /// <summary>
    /// The folder for restored packages. It is kept between runs, because the Native AOT compiler is large. Only the
    /// packages of this repository are restored again.
    /// </summary>
    private static string Packages => Path.Combine(AppContext.BaseDirectory, "packages");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Packages);
        foreach (var stale in Directory.EnumerateDirectories(Packages, "queueadmission*"))
            Directory.Delete(stale, recursive: true);

        foreach (var library in new[] { "QueueAdmission.Core", "QueueAdmission" })
            await PackAsync(library);

        const string prefix = "QueueAdmission.Core.";
        var core = Path.GetFileNameWithoutExtension(Directory.GetFiles(Feed, prefix + "*.nupkg").Single());
        Version = core[prefix.Length..];
    }

    public ValueTask DisposeAsync()
    {
        _work.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Creates a separate copy of a program under <c>Programs</c>. The copy takes the packages from <see cref="Feed"/>.
    /// </summary>
    public UserProgram Install(string program)
    {
        var folder = _work.CreateSubdirectory($"{program}-{Guid.NewGuid():N}");
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Programs", program)))
            File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(folder.FullName, "NuGet.Config"), $"""
            <configuration>
              <packageSources>
                <add key="packed-libraries" value="{Feed}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="restored-with-the-tests" value="{Told("NuGetPackageRoot")}" />
              </fallbackPackageFolders>
            </configuration>
            """);
        return new UserProgram(folder.FullName, Packages, Version);
    }

    // Separate output folders keep the packing from disturbing the build that runs the tests, and its restore.
    private Task PackAsync(string library) => DotNet.RunAsync(
        _work.FullName,
        Told("NuGetPackageRoot"),
        "pack", Path.Combine(Told("RepositoryRoot"), "src", library),
        "--configuration", "Release",
        "--artifacts-path", Path.Combine(_work.FullName, "artifacts"),
        "--output", Feed,
        "--version-suffix", VersionSuffix);

    private static string Told(string key) => typeof(PackedLibraries).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
