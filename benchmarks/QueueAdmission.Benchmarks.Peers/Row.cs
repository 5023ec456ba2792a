using System.Globalization;
using System.Text.Json;

namespace QueueAdmission.Benchmarks;

/// <summary>A row of the table of targets.</summary>
/// <param name="Order">The position in the table.</param>
/// <param name="What">What was measured.</param>
/// <param name="Peers">The figures of the peers.</param>
/// <param name="Ours">The figures of QueueAdmission.</param>
/// <param name="Ratio">
/// The figure of QueueAdmission divided by that of the peer in the target. Both are from one interleaved run.
/// </param>
/// <param name="Target">The target.</param>
/// <param name="Reached">Whether the target was reached. Null if no target is set.</param>
public sealed record Row(int Order, string What, string Peers, string Ours, string Ratio, string Target, bool? Reached);

/// <summary>Stores the rows that the measuring programs produce, until they are written to the README.</summary>
public static class RowFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Stores the rows of one program for <see cref="ReadAll"/>, and replaces its earlier rows.</summary>
    public static void Write(string part, IEnumerable<Row> rows)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, part + ".json"), JsonSerializer.Serialize(rows, Indented));
    }

    /// <summary>Deletes the rows of all programs whose names start with <paramref name="prefix"/>.</summary>
    public static void Delete(string prefix)
    {
        if (!Directory.Exists(Folder))
            return;
        foreach (var file in Directory.EnumerateFiles(Folder, prefix + "*.json"))
            File.Delete(file);
    }

    public static IEnumerable<Row> ReadAll() => Directory.Exists(Folder)
        ? Directory.EnumerateFiles(Folder, "*.json")
            .SelectMany(file => JsonSerializer.Deserialize<Row[]>(File.ReadAllText(file))!).OrderBy(row => row.Order)
        : [];

    public static string ToMarkdown(IEnumerable<Row> rows) =>
        "| what | peers | ours | ratio | target | reached? |\n|---|---|---|---|---|---|\n"
        + string.Concat(rows.Select(row =>
            $"| {row.What} | {row.Peers} | {row.Ours} | {row.Ratio} | {row.Target} "
            + $"| {row.Reached switch { true => "yes", false => "**no**", null => "–" }} |\n"));

    /// <summary>Formats a number for the tables, independently of the machine's culture.</summary>
    public static string Show(this double value, string format = "N1") =>
        value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>The <c>benchmarks</c> folder of the repository from which the program was built.</summary>
    public static string BenchmarksDirectory
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

    private static string Folder => Path.Combine(BenchmarksDirectory, "..", "artifacts", "benchmarks");
}
