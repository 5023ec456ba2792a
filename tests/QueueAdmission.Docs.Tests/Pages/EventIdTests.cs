using System.Globalization;
using System.Text.RegularExpressions;

namespace QueueAdmission.Docs.Pages;

/// <summary>Tests the ids of the log events of all packages.</summary>
public sealed partial class EventIdTests
{
    private static readonly Lazy<IReadOnlyList<(string Name, int Id)>> Events = new(() => [.. Directory
        .EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(Repository.Root, file).Split(Path.DirectorySeparatorChar).Contains("obj"))
        .SelectMany(file => Declaration().Matches(File.ReadAllText(file)))
        .Select(
            match => (match.Groups["name"].Value, match.Groups["id"].Success ? Number(match.Groups["id"].Value) : 0))]);

    [Fact]
    public void Events_HaveAnIdAndAName() =>
        Assert.All(
            Events.Value, line => Assert.True(line is { Id: > 0, Name.Length: > 0 }, "An event has no id or no name."));

    [Fact]
    public void Ids_OfAllPackages_AreUnique() => Assert.Empty(Events.Value.GroupBy(line => line.Id)
        .Where(group => group.Count() > 1).Select(
            group => $"{group.Key}: {string.Join(", ", group.Select(line => line.Name))}"));

    [Fact]
    public void Ids_AreInTheTableOfThePage()
    {
        var page = Page.All.Single(known => known.Name == "docs/metrics.md");
        var ids = page.Lines.SkipWhile(line => line != "## Logs").Where(line => line.StartsWith('|'))
            .SelectMany(line => Ids(line.Split('|')[1])).ToHashSet();

        Assert.All(Events.Value, line => Assert.True(ids.Contains(line.Id), $"The table lacks {line.Id} {line.Name}."));
    }

    /// <summary>Returns the ids in a cell, which may contain lists (<c>80, 81</c>) and ranges (<c>70–73</c>).</summary>
    private static IEnumerable<int> Ids(string cell) => Span().Matches(cell).SelectMany(match =>
    {
        var first = Number(match.Groups["first"].Value);
        var last = match.Groups["last"].Success ? Number(match.Groups["last"].Value) : first;
        return Enumerable.Range(first, last - first + 1);
    });

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("""\[LoggerMessage\((?:\s*EventId = (?<id>[0-9]+),)?(?:\s*EventName = "(?<name>\w+)")?""")]
    private static partial Regex Declaration();

    [GeneratedRegex("(?<first>[0-9]+)(?:–(?<last>[0-9]+))?")]
    private static partial Regex Span();
}
