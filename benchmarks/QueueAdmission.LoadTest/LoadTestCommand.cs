using System.Globalization;
using QueueAdmission.LoadTest.Report;
using QueueAdmission.LoadTest.Scenarios;

namespace QueueAdmission.LoadTest;

internal static class LoadTestCommand
{
    private static readonly Dictionary<string, Func<Setup, Progress, Results, Task>> Scenarios = new()
    {
        ["hello"] = HelloWorld.RunAsync,
        ["rejections"] = Rejections.RunAsync,
        ["overload"] = Overload.RunAsync,
        ["patience"] = Overload.RunWithLongLineAsync,
        ["spike"] = Spike.RunAsync,
        ["unequal"] = UnequalClients.RunAsync,
        ["parked"] = ParkedRequests.RunAsync,
        ["dashboards"] = OpenDashboards.RunAsync,
        ["viewers"] = JoiningViewers.RunAsync,
    };

    public static async Task RunAsync(string[] args)
    {
        // Format numbers the same way in every culture.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var named = Array.IndexOf(args, "--name") is >= 0 and var at ? args[at + 1] : $"{DateTime.UtcNow:yyyy-MM-dd}";
        var chosen = Scenarios.Where(scenario => args.Contains(scenario.Key)).ToList();
        if (chosen.Count == 0)
            chosen = [.. Scenarios];

        var setup = new Setup(args.Contains("--quick"));
        var progress = new Progress();
        var results = new Results(named, string.Join(' ', [
            "dotnet run -c Release --project benchmarks/QueueAdmission.LoadTest --", .. args]));
        foreach (var (_, run) in chosen)
            await run(setup, progress, results);
        progress.End();
        results.Write();
    }
}
