using System.Text.RegularExpressions;

namespace QueueAdmission.Docs.Pages;

/// <summary>Tests that the libraries contain the messages and events that pages quote.</summary>
public sealed partial class MessageTests
{
    private static readonly Lazy<string> Sources = new(() => string.Join('\n', Directory
        .EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)));

    public static TheoryData<string> ErrorsAtStart =>
        [.. CellsBelow("docs/troubleshooting.md", "## I see an error at start")];

    public static TheoryData<string> Events =>
        [.. CellsBelow("docs/troubleshooting.md", "## I see these lines in the log")];

    [Theory]
    [MemberData(nameof(ErrorsAtStart))]
    public void Error_OfThePage_IsInTheSource(string message) =>
        Assert.Contains(message, Sources.Value, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Events))]
    public void Event_OfThePage_IsLogged(string name) =>
        Assert.Contains($"EventName = \"{name}\"", Sources.Value, StringComparison.Ordinal);

    /// <summary>Returns the code in the first column of the table below a heading.</summary>
    private static IEnumerable<string> CellsBelow(string page, string heading)
    {
        var section = Page.All.Single(known => known.Name == page).Lines.SkipWhile(line => line != heading).Skip(1)
            .TakeWhile(line => !line.StartsWith('#'));
        return section.Where(line => line.StartsWith('|')).SelectMany(line => Code().Matches(line.Split('|')[1]))
            .Select(match => match.Groups[1].Value);
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
