using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace QueueAdmission.Cluster.Benchmarks.Report;

/// <summary>
/// Writes the table to a file in <c>results</c>, and between the two marks of its name in the README.
/// </summary>
internal static class ReportFile
{
    /// <param name="rows">The rows of the table.</param>
    /// <param name="name">The name in the marks. The file name consists of the date and this name.</param>
    /// <param name="command">The command that repeats the measurement.</param>
    public static void Write(IReadOnlyList<ReportRow> rows, string name, string command)
    {
        var (beginMark, endMark) = ($"<!-- {name} -->", $"<!-- /{name} -->");
        var machine = string.Create(
            CultureInfo.InvariantCulture,
            $"Measured on {DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores, "
                + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, by `{command}`. "
                + $"Load average of the machine at the end: {LoadAverage()}.");
        var table = new StringBuilder(
            "| case | store | prototype | reach | measured | reached? |\n|---|---|---|---|---|---|\n");
        foreach (var row in rows)
            table.Append(row).Append('\n');
        var result = Path.Combine(Directory, "results", $"{DateTime.UtcNow:yyyy-MM-dd}-{name}.md");
        File.WriteAllText(
            result,
            $"# {char.ToUpperInvariant(name[0])}{name[1..]}, {DateTime.UtcNow:yyyy-MM-dd}\n\n{machine}\n\n{table}");
        Console.WriteLine($"Written to {result}");
        var path = Path.Combine(Directory, "README.md");
        var readme = File.ReadAllText(path);
        var begin = readme.IndexOf(beginMark, StringComparison.Ordinal);
        var end = readme.IndexOf(endMark, StringComparison.Ordinal);
        if (begin >= 0 && end > begin)
            File.WriteAllText(path, $"{readme[..(begin + beginMark.Length)]}\n{machine}\n\n{table}{readme[end..]}");
    }

    private static string Directory
    {
        get
        {
            for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null;
                directory = directory.Parent)
            {
                if (File.Exists(Path.Combine(directory.FullName, "QueueAdmission.sln")))
                    return Path.Combine(directory.FullName, "benchmarks");
            }
            throw new DirectoryNotFoundException("Run the program from its place in the repository.");
        }
    }

    private static string LoadAverage() =>
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
