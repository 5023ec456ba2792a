using System.Globalization;
using System.Text.Json;

namespace QueueAdmission.Benchmarks;

/// <summary>One line of the table of targets.</summary>
/// <param name="Order">Its position.</param>
/// <param name="What">What was measured.</param>
/// <param name="Peers">What the peers need.</param>
/// <param name="Ours">What we need.</param>
/// <param name="Ratio">Ours over the peer that the target names, from one interleaved run.</param>
/// <param name="Target">What we want to reach.</param>
/// <param name="Reached">Whether we do; null where no target is set.</param>
public sealed record Row(int Order, string What, string Peers, string Ours, string Ratio, string Target, bool? Reached);

/// <summary>Rows of the table, stored by the programs that measure them and read for the README.</summary>
public static class RowFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Keeps the rows of one program for <see cref="ReadAll"/>, in place of its earlier ones.</summary>
    public static void Write(string part, IEnumerable<Row> rows)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, part + ".json"), JsonSerializer.Serialize(rows, Indented));
    }

    public static IEnumerable<Row> ReadAll() => Directory.Exists(Folder)
        ? Directory.EnumerateFiles(Folder, "*.json")
            .SelectMany(file => JsonSerializer.Deserialize<Row[]>(File.ReadAllText(file))!).OrderBy(row => row.Order)
        : [];

    public static string ToMarkdown(IEnumerable<Row> rows) =>
        "| what | peers | ours | ratio | target | reached? |\n|---|---|---|---|---|---|\n"
        + string.Concat(rows.Select(
            row => $"| {row.What} | {row.Peers} | {row.Ours} | {row.Ratio} | {row.Target} | {row.Reached switch { true => "yes", false => "**no**", null => "–" }} |\n"));

    /// <summary>A number as tables show it, whatever the machine's language.</summary>
    public static string Show(this double value, string format = "N1") =>
        value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>The directory <c>benchmarks</c> of the repository that the program was built from.</summary>
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
