using System.Globalization;
using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Cluster.Benchmarks.Scenarios;

namespace QueueAdmission.Cluster.Benchmarks;

/// <summary>Runs the questions one after the other, and writes the table of their results.</summary>
internal static class ClusterCommand
{
    private static readonly (string Name, Action<Setup> Run)[] Questions =
    [
        ("overload", setup => SteadyLoad.Overload(setup, "redis")),
        ("one", setup => SteadyLoad.OneWorker(setup, "redis")),
        ("kill", setup => CrashedNode.Run(setup, "redis", kills: 3)),
        ("cut-stop", setup => CutOffNode.Run(setup, "Stop")),
        ("cut-share", setup => CutOffNode.Run(setup, "Share")),
        ("empty", LostStore.RedisComesBackEmpty),
        ("sentinel", LostStore.SentinelPromotes),
        ("freeze", setup => FrozenNode.Run(setup, "redis")),
        ("many", SteadyLoad.ManyWorkers),
        ("few", SteadyLoad.FewWorkers),
        ("starve", setup => StarvedNode.Run(setup, "redis")),
        ("move", setup => MovingSlot.Run(setup, "redis", moves: 30)),
        ("move-rival", setup => MovingSlot.Run(setup, "RedisRateLimiting", moves: 20)),
        ("admit", AdmitPath.Run),
        ("overload-postgres", setup => SteadyLoad.Overload(setup, "postgres")),
        ("one-postgres", setup => SteadyLoad.OneWorker(setup, "postgres")),
        ("kill-postgres", setup => CrashedNode.Run(setup, "postgres", kills: 1)),
        ("promotion", LostStore.PostgresIsPromoted),
        ("starve-postgres", setup => StarvedNode.Run(setup, "postgres")),
        ("move-postgres", setup => MovingSlot.Run(setup, "postgres", moves: 20)),
        ("overload-sqlite", setup => SteadyLoad.Overload(setup, "sqlite")),
        ("one-sqlite", setup => SteadyLoad.OneWorker(setup, "sqlite")),
        ("kill-sqlite", setup => CrashedNode.Run(setup, "sqlite", kills: 1)),
        ("freeze-sqlite", setup => FrozenNode.Run(setup, "sqlite")),
        ("starve-sqlite", setup => StarvedNode.Run(setup, "sqlite")),
        ("move-sqlite", setup => MovingSlot.Run(setup, "sqlite", moves: 20)),
    ];

    public static void Run(string[] names)
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
        foreach (var (name, run) in Questions.Where(question => names.Length == 0 || names.Contains(question.Name)))
        {
            Console.WriteLine($"{DateTime.Now:HH:mm:ss} {name}");
            try
            {
                run(setup);
            }
#pragma warning disable CA1031 // The remaining questions must still run.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                setup.Add(new ReportRow(
                    name, "", "", "", $"not measured: {exception.Message.ReplaceLineEndings(" ")}", Reached: null));
            }
        }
        if (names.Length == 0)
            ReportFile.Write(setup.Rows, "cluster", "benchmarks/cluster");
    }
}
