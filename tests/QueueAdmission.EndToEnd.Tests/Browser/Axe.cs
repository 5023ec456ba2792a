using System.Text.Json;

namespace QueueAdmission.EndToEnd.Browser;

/// <summary>
/// Runs axe-core, which finds accessibility problems of a page. The script is not part of the repository. The
/// environment variable <c>AXE</c> contains its path, and <c>npm pack axe-core</c> downloads it.
/// </summary>
internal static class Axe
{
    /// <summary>The path of <c>axe.min.js</c>. Null if the environment variable is not set.</summary>
    public static readonly string? Path =
        Environment.GetEnvironmentVariable("AXE") is { Length: > 0 } path ? path : null;

    /// <summary>Returns the problems that axe-core finds on the page. Empty if there are none.</summary>
    public static async Task<string> FindAsync(Page page)
    {
        // The script is evaluated over DevTools, so the security policy of the page does not block it.
        await page.EvaluateAsync($"{await File.ReadAllTextAsync(Path!, TestContext.Current.CancellationToken)}; 0");
        var found = await page.EvaluateAsync(
            "axe.run(document).then(result => result.violations.flatMap(rule => rule.nodes.map(node => " +
            "`${rule.id} (${rule.help}): ${node.target.join(' ')} ${node.failureSummary}`)).join('\\n'))");
        return found.ValueKind == JsonValueKind.String ? found.GetString()! : "axe did not answer";
    }
}
