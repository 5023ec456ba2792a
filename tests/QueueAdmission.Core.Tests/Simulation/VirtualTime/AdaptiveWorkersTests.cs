namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>A backend whose capacity halves and then doubles.</summary>
public sealed class AdaptiveWorkersTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact(Explicit = true)]
    public void Explore()
    {
        var best = new Dictionary<(string, double), double>
        {
            [("const", 0.2)] = 0.799, [("const", 0.5)] = 0.770, [("exp", 0)] = 0.827, [("exp", 0.2)] = 0.795, [("exp", 0.5)] = 0.767, [("logn", 0)] = 0.830, [("logn", 0.2)] = 0.798, [("logn", 0.5)] = 0.769,
        };
        foreach (var ((name, kappa), goal) in best)
        {
            var work = name == "const" ? Works.Constant(10) : name == "exp" ? Works.Exponential(10) : Works.LogNormal(10, 1.5);
            foreach (var start in new[] { 6, 16 })
            {
                var line = "";
                for (var seed = 1; seed <= 4; seed++)
                {
                    using var world = Run(seed, work, kappa, start, adaptive: true, out var limits);
                    line += $" {world.Records.Goodput(1600, 3 * Second, 90 * Second) / goal:P1}";
                }
                output.WriteLine($"{name} κ={kappa} start {start}: {line}");
            }
        }
    }

    private static World Run(int seed, Work work, double contention, int workers, bool adaptive, out List<int> limits)
    {
        var world = new World(seed, new JobQueueOptions { Workers = workers, PartitionCapacity = 100 }, contention);
        world.Backend.Limit = 16;
        if (adaptive)
            world.Queue.Adapt(1, 200);
        world.Poisson(new Client("all", work) { Patience = TimeSpan.FromMilliseconds(500) }, 1900, TimeSpan.Zero, 90 * Second);
        world.At(30 * Second, () => world.Backend.Limit = 8);
        world.At(60 * Second, () => world.Backend.Limit = 16);
        var seen = new List<int>();
        for (var t = 0; t < 600; t++)
            world.At(t * Second / 10, () => { if (world.Clock.Now % (Second.Ticks / 2) == 0 || (world.Clock.Time.TotalSeconds % 20) < 2) seen.Add(world.Queue.Settings.Workers); });
        world.RunUntil(90 * Second);
        limits = seen;
        return world;
    }
}
