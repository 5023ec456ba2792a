using QueueAdmission.Docs.Pages;

namespace QueueAdmission.Docs.Code;

public sealed class LineTests
{
    private const int MaxColumns = 120;

    /// <summary>Rows of test data, one to a line.</summary>
    private const string Data = "jobs-version-1.sql";

    private static readonly EnumerationOptions Recursive = new() { RecurseSubdirectories = true };

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("benchmarks")]
    [InlineData("samples")]
    [InlineData("build")]
    public void Lines_OfCode_FitOnAScreen(string folder)
    {
        var root = Repository.PathOf(folder);
        var files = ((string[])["*.cs", "*.js", "*.css", "*.sql"])
            .SelectMany(pattern => Directory.EnumerateFiles(root, pattern, Recursive))
            .Where(file => !IsGenerated(Path.GetRelativePath(root, file)) && Path.GetFileName(file) != Data)
            .ToList();
        var wide = files.SelectMany(file => File.ReadLines(file)
            .Select((line, index) => (Columns: line.Length, Place: $"{file}:{index + 1}"))
            .Where(line => line.Columns > MaxColumns));

        Assert.NotEmpty(files);
        Assert.Empty(wide.Select(line => $"{line.Place}: {line.Columns}"));
    }

    /// <summary>Whether a file is made by the build, and not a part of the sources.</summary>
    private static bool IsGenerated(string path) =>
        path.Split(Path.DirectorySeparatorChar).Any(name => name is "bin" or "obj" or "artifacts" or "results");
}
