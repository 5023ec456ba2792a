using NJsonSchema;
using QueueAdmission.Docs.Pages;

namespace QueueAdmission.Docs.Settings;

/// <summary>The JSON schema of the section <c>QueuedAdmission</c>, which is part of the package.</summary>
internal static class Schema
{
    private static readonly Lazy<Task<JsonSchema>> Document =
        new(() => JsonSchema.FromFileAsync(Repository.PathOf("src/QueueAdmission/ConfigurationSchema.json")));

    private static JsonSchema Section(JsonSchema document) => document.Properties["QueuedAdmission"].ActualSchema;

    public static async Task<IEnumerable<string>> ValidateAsync(string json) =>
        (await Document.Value).Validate(json).Select(error => error.ToString());

    /// <summary>Returns the keys that a queue can have.</summary>
    public static async Task<IReadOnlySet<string>> KeysOfQueuesAsync() =>
        Keys(Section(await Document.Value).Properties["Defaults"]);

    /// <summary>Returns the keys at the top level of the section.</summary>
    public static async Task<IReadOnlySet<string>> KeysOfTheSectionAsync() => Keys(Section(await Document.Value));

    /// <summary>Returns whether the section has a path, for example <c>Queues:checkout:Workers</c>.</summary>
    public static async Task<bool> HasAsync(IReadOnlyList<string> path)
    {
        var section = await KeysOfTheSectionAsync();
        var queues = await KeysOfQueuesAsync();
        return path switch
        {
            [] => true,
            ["Queues", _] => true,
            ["Queues", _, "KeyShares", _] => true,
            ["Queues", _, var key] => queues.Contains(key),
            ["Defaults", "KeyShares", _] => true,
            ["Defaults", var key] => queues.Contains(key),
            [var key] => section.Contains(key),
            // A subsection of a companion package, such as Cluster.
            [var part, var key] => section.Contains(part)
                && Keys(Section(await Document.Value).Properties[part]).Contains(key),
            _ => false,
        };
    }

    private static HashSet<string> Keys(JsonSchema schema) =>
        [
            .. schema.ActualSchema.ActualProperties.Keys,
            .. schema.ActualSchema.AllOf.SelectMany(part => part.ActualSchema.ActualProperties.Keys)
        ];
}
