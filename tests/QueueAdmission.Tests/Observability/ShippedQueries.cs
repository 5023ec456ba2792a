using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using QueueAdmission.Doubles;

namespace QueueAdmission.Observability;

/// <summary>The PromQL in the dashboard and in the rules that users copy.</summary>
internal static partial class ShippedQueries
{
    public static string Rules => Repository.PathOf("observability/prometheus/queue-admission.rules.yml");

    public static string Dashboard => Repository.PathOf("observability/grafana/queue-admission.json");

    /// <summary>Returns all names with the prefix of the product: the names of metrics and labels.</summary>
    public static IReadOnlyCollection<string> NamesIn(string file) =>
        Names().Matches(File.ReadAllText(file)).Select(match => match.Value).ToHashSet();

    public static IReadOnlyList<JsonNode> Panels() =>
        [.. JsonNode.Parse(File.ReadAllText(Dashboard))!["panels"]!.AsArray().Select(panel => panel!)];

    [GeneratedRegex(@"\bqueue_admission_[a-z_]+")]
    private static partial Regex Names();
}
