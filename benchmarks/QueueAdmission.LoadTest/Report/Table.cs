using System.Text;

namespace QueueAdmission.LoadTest.Report;

/// <summary>A Markdown table.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var text = new StringBuilder();
        AppendLine(columns);
        AppendLine([.. columns.Select((_, column) => column == 0 ? "---" : "---:")]);
        _rows.ForEach(AppendLine);
        return text.ToString();

        void AppendLine(string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }
}
