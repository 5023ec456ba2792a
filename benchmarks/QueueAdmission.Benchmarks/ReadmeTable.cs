using System.Globalization;
using System.Runtime.InteropServices;

namespace QueueAdmission.Benchmarks;

/// <summary>Writes the table to <c>benchmarks/README.md</c>, between its two marks.</summary>
internal static class ReadmeTable
{
    private const string Begin = "<!-- table -->";
    private const string End = "<!-- /table -->";

    public static void Write()
    {
        var path = Path.Combine(RowFile.BenchmarksDirectory, "README.md");
        var readme = File.ReadAllText(path);
        var begin = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = readme.IndexOf(End, StringComparison.Ordinal);
        var machine = string.Create(CultureInfo.InvariantCulture,
            $"Measured on {DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores, "
                + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, "
                + $"by `benchmarks/run`.");
        File.WriteAllText(path,
            $"{readme[..begin]}\n{machine}\n\n{RowFile.ToMarkdown(RowFile.ReadAll())}{readme[end..]}");
    }
}
