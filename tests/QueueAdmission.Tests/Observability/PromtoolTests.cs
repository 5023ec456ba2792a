using System.Diagnostics;

namespace QueueAdmission.Observability;

public sealed class PromtoolTests
{
    [Theory]
    [InlineData("check", "queue-admission.rules.yml")]
    [InlineData("test", "queue-admission.rules.test.yml")]
    public async Task Rules_Shipped_PassPromtool(string command, string file)
    {
        Assert.SkipUnless(IsInstalled, "promtool is not installed: apt-get install prometheus");

        var (code, output) = await RunAsync(command, "rules", file);

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Queries_OfTheDashboard_AreValid()
    {
        Assert.SkipUnless(IsInstalled, "promtool is not installed: apt-get install prometheus");
        var queries = ShippedQueries.Panels().SelectMany(panel => panel["targets"]!.AsArray())
            .Select(target => target!["expr"]!.GetValue<string>());
        var rules = Path.GetTempFileName();
        try
        {
            // Write the queries as recording rules, which promtool can parse. Replace the variables of the dashboard
            // with values as Grafana does.
            var records = queries.Select((query, i) =>
            {
                var expression = query.Replace("$__rate_interval", "1m", StringComparison.Ordinal);
                return $"      - record: panel:{i}\n        expr: '{expression}'\n";
            });
            await File.WriteAllTextAsync(
                rules,
                "groups:\n  - name: dashboard\n    rules:\n" + string.Concat(records),
                TestContext.Current.CancellationToken);

            var (code, output) = await RunAsync("check", "rules", rules);

            Assert.True(code == 0, output);
        }
        finally
        {
            File.Delete(rules);
        }
    }

    private static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, "promtool")));

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(TimeSpan.FromMinutes(1));
        using var promtool = Process.Start(new ProcessStartInfo("promtool", arguments)
        {
            WorkingDirectory = Path.GetDirectoryName(ShippedQueries.Rules),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var output = promtool.StandardOutput.ReadToEndAsync(bound.Token);
            var error = promtool.StandardError.ReadToEndAsync(bound.Token);
            await promtool.WaitForExitAsync(bound.Token);
            return (promtool.ExitCode, await output + await error);
        }
        finally
        {
            if (!promtool.HasExited)
                promtool.Kill();
        }
    }
}
