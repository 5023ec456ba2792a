using System.Runtime.InteropServices;
using System.Text;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.LoadTest.Report;

/// <summary>The results of a run: Markdown text, charts, and rows for the table in the README.</summary>
internal sealed class Results(string name, string command)
{
    private readonly StringBuilder _text = new();
    private readonly List<Chart> _charts = [];
    private readonly List<Row> _rows = [];

    public void Heading(string heading) => _text.Append($"## {heading}\n\n");

    public void Text(string paragraph) => _text.Append(paragraph).Append("\n\n");

    public void Add(Table table) => _text.Append(table).Append('\n');

    public void Add(Chart chart) => _charts.Add(chart);

    public void Add(Row row) => _rows.Add(row);

    public void Write()
    {
        var path = Path.Combine(RowFile.BenchmarksDirectory, "results", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var head = $"# Load test, {DateTime.UtcNow:yyyy-MM-dd}\n\n{Machine()}, client and server on the same machine, "
            + $"each in a process of its own. Command: `{command}`\n";
        var chart = "";
        if (_charts.Count > 0)
        {
            File.WriteAllText(path + ".svg", Chart.ToFile(_charts));
            chart = $"\n![Charts]({name}.svg)\n";
        }
        File.WriteAllText(path + ".md", $"{head}{chart}\n{_text.ToString().TrimEnd()}\n");
        if (_rows.Count > 0)
            RowFile.Write("load", _rows);
        Console.WriteLine(_text);
        Console.WriteLine($"Written to {path}.md");
    }

    private static string Machine()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return $"{Environment.ProcessorCount} cores{(model is null ? "" : $" of {model}")}, "
            + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
    }
}
