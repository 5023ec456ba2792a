using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using QueueAdmission.Docs.Pages;

namespace QueueAdmission.Docs.Settings;

public sealed partial class SettingsOnPagesTests
{
    public static TheoryData<string> Documents =>
        [.. Page.All.SelectMany(page => page.Blocks()).Where(block => block.IsJson).Select(block => block.ToString())];

    public static TheoryData<string> Pages => [.. Page.All.Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Json_OfAPage_FitsTheSchema(string where)
    {
        var block = Page.All.SelectMany(page => page.Blocks()).Single(block => block.ToString() == where);

        var json = await InTheSectionAsync(Json.Parse(block.Text));

        Assert.Empty(await Schema.ValidateAsync(json.ToJsonString()));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Key_NamedOnAPage_IsASetting(string name)
    {
        var page = Page.All.Single(page => page.Name == name);
        foreach (var (number, line) in page.Lines.Select((line, index) => (index + 1, line)))
        {
            foreach (var path in PathsIn(line))
                Assert.True(
                    await Schema.HasAsync(path), $"{name}:{number}: there is no setting {string.Join(':', path)}.");
        }
    }

    [Theory]
    [InlineData("Set `QueuedAdmission:Queues:checkout:Worker` to 8.", "Queues:checkout:Worker")]
    [InlineData("QueuedAdmission__Queues__checkout__DryRun=true", "Queues:checkout:DryRun")]
    [InlineData("`Queues:{name}:ClusterWorkers`", "Queues:{name}:ClusterWorkers")]
    [InlineData("with `\"PartitionMetric\": true` it has more", "Defaults:PartitionMetric")]
    [InlineData("the section `QueuedAdmission` of appsettings", "")]
    [InlineData("in `queueadmission/<version>/`")]
    public void PathsIn_ALine_FindsWhatReadersTakeForKeys(string line, params string[] expected) =>
        Assert.Equal(expected, PathsIn(line).Select(path => string.Join(':', path)));

    [Theory]
    [InlineData("Queues:checkout:Workers", true)]
    [InlineData("Queues:checkout:Worker", false)]
    [InlineData("Cluster:LeaseDuration", true)]
    [InlineData("Cluster:Lease", false)]
    [InlineData("FallbackQueue", true)]
    [InlineData("Fallback", false)]
    public async Task Has_APath_KnowsTheKeys(string path, bool expected) =>
        Assert.Equal(expected, await Schema.HasAsync(path.Split(':')));

    /// <summary>
    /// Returns the JSON as a complete section, because a page often shows only one queue or one entry.
    /// </summary>
    private static async Task<JsonObject> InTheSectionAsync(JsonObject shown)
    {
        if (shown.ContainsKey("QueuedAdmission"))
            return shown;
        var queues = await Schema.KeysOfQueuesAsync();
        var section = await Schema.KeysOfTheSectionAsync();
        if (shown.All(entry => section.Contains(entry.Key)))
            return new JsonObject { ["QueuedAdmission"] = shown };
        if (shown.All(entry => queues.Contains(entry.Key)))
            return new JsonObject { ["QueuedAdmission"] = new JsonObject { ["Defaults"] = shown } };
        return shown.All(entry => entry.Value is JsonObject queue
            && queue.Count > 0
            && queue.Any(setting => queues.Contains(setting.Key)))
            ? new JsonObject { ["QueuedAdmission"] = new JsonObject { ["Queues"] = shown } }
            : shown;
    }

    private static IEnumerable<string[]> PathsIn(string line)
    {
        foreach (Match match in WholePath().Matches(line))
            yield return match.Groups[1].Value.Split([":", "__"], StringSplitOptions.RemoveEmptyEntries);
        foreach (Match match in PathOfAQueue().Matches(line))
            yield return match.Groups[1].Value.Split(':');
        foreach (Match match in QuotedKey().Matches(line))
            yield return ["Defaults", match.Groups[1].Value];
    }

    [GeneratedRegex(@"(?<![\w.])QueuedAdmission((?:(?::|__)[\w{}.-]+?)*)(?=[`=\s"",;)]|$)")]
    private static partial Regex WholePath();

    [GeneratedRegex(@"`((?:Queues|Defaults|Cluster|Deferred):[\w{}.:-]+)`")]
    private static partial Regex PathOfAQueue();

    // Matches `"Key": value` in a sentence.
    [GeneratedRegex(@"`""([A-Z]\w+)"": [^`{]*`")]
    private static partial Regex QuotedKey();
}
