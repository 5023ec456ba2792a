using System.Globalization;
using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Deferred.Benchmarks.Scenarios;

namespace QueueAdmission.Deferred.Benchmarks;

/// <summary>Runs the questions one after the other, and writes the table of their results.</summary>
internal static class DeferredCommand
{
    /// <summary>The questions that run only if they are named. The results of each have a separate table.</summary>
    private static readonly string[] Alone = ["kills", "kills-postgres", "kills-kafka", "takeover", "held"];

    private static readonly (string Name, Func<Setup, Task> RunAsync)[] Questions =
    [
        ("accept", AcceptedRate.CompareAsync),
        ("rate", OfferedRate.RunAsync),
        ("replay", ReplayCost.RunAsync),
        ("backlog", Backlog.RunAsync),
        (Alone[4], HeldTransaction.RunAsync),
        (Alone[3], LostNode.RunAsync),
        (Alone[0], KilledProcesses.RunAsync),
        (Alone[1], KilledNodes.WithoutKafkaAsync),
        (Alone[2], KilledNodes.WithKafkaAsync),
    ];

    public static async Task RunAsync(string[] names)
    {
        // Format numbers the same way in every culture.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (names.FirstOrDefault(name => !Questions.Any(question => question.Name == name)) is { } unknown)
        {
            Console.Error.WriteLine(
                $"Unknown: {unknown}. Known: {string.Join(' ', Questions.Select(question => question.Name))}");
            Environment.ExitCode = 2;
            return;
        }
        using var setup = new Setup();
        foreach (var (name, runAsync) in Questions.Where(question => IsAsked(question.Name, names)))
        {
            Console.WriteLine($"{DateTime.Now:HH:mm:ss} {name}");
            try
            {
                await runAsync(setup);
            }
#pragma warning disable CA1031 // The remaining questions must still run.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Console.Error.WriteLine(exception);
                setup.Add(new ReportRow(
                    name, "", "", "", $"not measured: {exception.Message.ReplaceLineEndings(" ")}", Reached: null));
            }
        }
        if (names.Length == 0)
            ReportFile.Write(setup.Rows, "deferred", "benchmarks/deferred");
        else if (names is [var single] && Alone.Contains(single))
            ReportFile.Write(setup.Rows, $"deferred-{single}", $"benchmarks/deferred {single}");
    }

    private static bool IsAsked(string question, string[] names) =>
        names.Length == 0 ? !Alone.Contains(question) : names.Contains(question);
}
