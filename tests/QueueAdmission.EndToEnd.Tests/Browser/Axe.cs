using System.Text.Json;

namespace QueueAdmission.EndToEnd.Browser;

/// <summary>
/// axe-core, which finds what keeps people from using a page. It is no part of the repository: the environment variable
/// <c>AXE</c> names its file, which <c>npm pack axe-core</c> gets.
/// </summary>
internal static class Axe
{
    /// <summary>The path of <c>axe.min.js</c>; null if there is none.</summary>
    public static readonly string? Path =
        Environment.GetEnvironmentVariable("AXE") is { Length: > 0 } path ? path : null;

    /// <summary>What axe finds on the page; empty if all is well.</summary>
    public static async Task<string> FindAsync(Page page)
    {
        // It is evaluated in the page, so the security policy of the page does not stop it.
        await page.EvaluateAsync($"{await File.ReadAllTextAsync(Path!, TestContext.Current.CancellationToken)}; 0");
        var found = await page.EvaluateAsync(
            "axe.run(document).then(result => result.violations.flatMap(rule => rule.nodes.map(node => " +
            "`${rule.id} (${rule.help}): ${node.target.join(' ')} ${node.failureSummary}`)).join('\\n'))");
        return found.ValueKind == JsonValueKind.String ? found.GetString()! : "axe did not answer";
    }
}
