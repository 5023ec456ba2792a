using System.Text.RegularExpressions;

namespace QueueAdmission.Docs.Pages;

public sealed partial class PageTests
{
    public static TheoryData<string> Pages => [.. Page.All.Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_OfAPage_LeadSomewhere(string name)
    {
        var page = Find(name);
        foreach (var (number, line) in page.Prose())
        {
            foreach (Match match in Link().Matches(line))
            {
                var (target, anchor) = (match.Groups[1].Value, match.Groups[2].Value);
                if (target.Contains("://", StringComparison.Ordinal))
                    continue;
                var path = target.Length == 0
                    ? Repository.PathOf(name)
                    : Path.Combine(Path.GetDirectoryName(Repository.PathOf(name))!, target);
                Assert.True(Path.Exists(path), $"{name}:{number}: there is no {target}.");
                if (anchor.Length > 0 && path.EndsWith(".md", StringComparison.Ordinal))
                    Assert.True(Anchors(path).Contains(anchor), $"{name}:{number}: {target} has no section #{anchor}.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Lines_OfAPage_FitOnAScreen(string name)
    {
        var isWide = Find(name).Lines.Select((line, index) => (Number: index + 1, Line: line))
            .Where(line => line.Line.Length > 120
                && !line.Line.StartsWith('|')
                && !line.Line.StartsWith("![", StringComparison.Ordinal));

        Assert.Empty(isWide.Select(line => $"{name}:{line.Number}"));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Paragraphs_OfAPage_HaveAtMost90Words(string name)
    {
        var prose = string.Join('\n', Find(name).Prose().Select(line => line.Text));
        var isLong = BlankLine().Split(prose)
            .Where(paragraph => !paragraph.TrimStart().StartsWith('|')
                && !paragraph.TrimStart().StartsWith("<!--", StringComparison.Ordinal))
            .Select(paragraph => (
                Words: paragraph.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length,
                Text: paragraph.Trim()))
            .Where(paragraph => paragraph.Words > 90);

        Assert.Empty(isLong.Select(paragraph => $"{name}: {paragraph.Words} words: {paragraph.Text[..60]}"));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void Readme_InEachLanguage_HasAtMost150Lines(string name) =>
        Assert.InRange(Find(name).Lines.Count, 1, 150);

    [Fact]
    public void Index_OfTheDocs_NamesEachPage()
    {
        var index = File.ReadAllText(Repository.PathOf("docs/README.md"));

        var missing = Page.All.Select(page => page.Name)
            .Where(name => name.StartsWith("docs/", StringComparison.Ordinal)
                && name != "docs/README.md"
                && name.IndexOf('/', 5) < 0)
            .Where(name => !index.Contains($"({name["docs/".Length..]}", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    private static Page Find(string name) => Page.All.Single(page => page.Name == name);

    /// <summary>Returns the anchors that GitHub creates for the headings of a page.</summary>
    private static HashSet<string> Anchors(string path)
    {
        var page = new Page(path, File.ReadAllLines(path));
        return [.. page.Prose().Where(line => line.Text.StartsWith('#')).Select(line => Anchor(line.Text))];

        static string Anchor(string heading) =>
            NotInAnchors().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');
    }

    [GeneratedRegex(@"\]\(([^)\s#]*)(?:#([^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\n\s*\n")]
    private static partial Regex BlankLine();

    [GeneratedRegex(@"[^\w\s-]")]
    private static partial Regex NotInAnchors();
}
