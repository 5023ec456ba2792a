using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using QueueAdmission.Doubles;

namespace QueueAdmission.Configuration.Schema;

/// <summary>The configuration examples that users copy from the samples, the README and the documentation.</summary>
internal static partial class PublishedConfiguration
{
    private static readonly JsonDocumentOptions WithComments =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static IEnumerable<(string Where, string Json)> Find()
    {
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("samples"), "appsettings*.json", SearchOption.AllDirectories).Where(file => !IsBuilt(file)))
            yield return (Repository.Shorten(file), Plain(File.ReadAllText(file)));

        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md").Append(Repository.PathOf("README.md")).Append(Repository.PathOf("src/QueueAdmission/README.md")))
        {
            foreach (var block in JsonBlock().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).Where(block => block.Contains("QueuedAdmission", StringComparison.Ordinal)))
                yield return (
                    Repository.Shorten(file), Plain(block.TrimStart().StartsWith('{') ? block : $"{{{block}}}"));
        }
    }

    private static string Plain(string json) => JsonNode.Parse(json, documentOptions: WithComments)!.ToJsonString();

    private static bool IsBuilt(string file) =>
        file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj");

    [GeneratedRegex(@"^```jsonc?\r?\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex JsonBlock();
}
