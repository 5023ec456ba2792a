using System.Text.Json;
using System.Text.Json.Nodes;
using QueueAdmission.Doubles;

namespace QueueAdmission.Configuration.Schema;

/// <summary>
/// The configuration examples that users copy from the samples. Those of the documentation are checked by
/// <c>QueueAdmission.Docs.Tests</c>.
/// </summary>
internal static class PublishedConfiguration
{
    private static readonly JsonDocumentOptions WithComments =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static IEnumerable<(string Where, string Json)> Find()
    {
        var files = Directory.EnumerateFiles(
            Repository.PathOf("samples"), "appsettings*.json", SearchOption.AllDirectories);
        foreach (var file in files.Where(file => !IsBuilt(file)))
            yield return (Repository.Shorten(file), Plain(File.ReadAllText(file)));
    }

    private static string Plain(string json) => JsonNode.Parse(json, documentOptions: WithComments)!.ToJsonString();

    private static bool IsBuilt(string file) =>
        file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj");
}
