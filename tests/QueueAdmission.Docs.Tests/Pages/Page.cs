using System.Text.RegularExpressions;

namespace QueueAdmission.Docs.Pages;

/// <summary>A page of the documentation: a README, or a Markdown file in the folder <c>docs</c>.</summary>
internal sealed partial record Page(string Name, IReadOnlyList<string> Lines)
{
    /// <summary>All pages, in both languages.</summary>
    public static IReadOnlyList<Page> All { get; } = [
        .. Find().Order(StringComparer.Ordinal)
        .Select(name => new Page(name, File.ReadAllLines(Repository.PathOf(name))))];

    /// <summary>Returns the fenced blocks in the order of the page.</summary>
    public IEnumerable<Block> Blocks()
    {
        Block? open = null;
        var content = new List<string>();
        var marker = "";
        for (var i = 0; i < Lines.Count; i++)
        {
            var line = Lines[i];
            if (Fence().Match(line) is not { Success: true } fence)
            {
                if (open is not null)
                    content.Add(line);
                else if (line.Trim().Length > 0)
                    marker = Marker().Match(line) is { Success: true } found ? found.Groups[1].Value : "";
            }
            else if (open is null)
            {
                open = new Block(this, i + 1, fence.Groups[1].Value, marker, "");
                content.Clear();
                marker = "";
            }
            else
            {
                yield return open with { Text = string.Join('\n', content) };
                open = null;
            }
        }
        Assert.True(open is null, $"{open}: the fence is not closed.");
    }

    /// <summary>Returns the lines outside of fenced blocks, with their numbers.</summary>
    public IEnumerable<(int Number, string Text)> Prose()
    {
        var inside = false;
        for (var i = 0; i < Lines.Count; i++)
        {
            if (Fence().IsMatch(Lines[i]))
                inside = !inside;
            else if (!inside)
                yield return (i + 1, Lines[i]);
        }
    }

    public override string ToString() => Name;

    private static IEnumerable<string> Find()
    {
        var files = Directory.EnumerateFiles(Repository.Root, "README*.md")
            .Concat(Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateDirectories(Repository.PathOf("src"))
                .Select(folder => Path.Combine(folder, "README.md"))
                .Where(File.Exists));
        return files.Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'));
    }

    [GeneratedRegex(@"^\s*```(\w*)")]
    private static partial Regex Fence();

    [GeneratedRegex("^<!-- snippet: (.*) -->$")]
    private static partial Regex Marker();
}
