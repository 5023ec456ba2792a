using System.Text.Json;
using System.Text.Json.Nodes;

namespace QueueAdmission.Docs.Settings;

/// <summary>Parses the JSON of pages, which may contain comments and often lacks the outer braces.</summary>
internal static class Json
{
    private static readonly JsonDocumentOptions WithComments =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static string Whole(string text) => Parse(text).ToJsonString();

    public static JsonObject Parse(string text)
    {
        var lines = text.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal));
        var content = string.Join('\n', lines).Trim();
        // The last line may end in a comment.
        var json = content.StartsWith('{') ? content : $"{{{content}\n}}";
        return JsonNode.Parse(json, documentOptions: WithComments)!.AsObject();
    }
}
