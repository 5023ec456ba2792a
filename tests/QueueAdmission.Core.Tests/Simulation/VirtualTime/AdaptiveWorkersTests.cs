namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>A backend whose capacity halves and then doubles.</summary>
public sealed class AdaptiveWorkersTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact(Explicit = true)]
    public void Explore()
    {
        foreach (var (name, work) in new[] { ("const", Works.Constant(10)), ("exp", Works.Exponential(10)), ("logn", Works.LogNormal(10, 1.5)) })
        foreach (var kappa in new[] { 0.0, 0.2, 0.5 })
        foreach (var start in new[] { 4, 32 })
        {
            var best = 0.0;
            var bestN = 0;
            foreach (var n in new[] { 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 20, 24 })
            {
                using var fix = Run(1, work, kappa, n, adaptive: false, out _);
                var g = fix.Records.Goodput(1600, 3 * Second, 90 * Second);
                if (g > best)
                    (best, bestN) = (g, n);
            }
            using var world = Run(1, work, kappa, start, adaptive: true, out var limits);
            var mine = world.Records.Goodput(1600, 3 * Second, 90 * Second);
            output.WriteLine($"{name} κ={kappa} start {start}: best fixed {bestN}: {best:F3}; adaptive {mine:F3} = {mine / best:P1}");
        }
    }

    private static World Run(int seed, Work work, double contention, int workers, bool adaptive, out List<int> limits)
    {
        var world = new World(seed, new JobQueueOptions { Workers = workers, PartitionCapacity = 100 }, contention);
        world.Backend.Limit = 16;
        if (adaptive)
            world.Queue.Adapt(1, 200);
        world.Poisson(new Client("all", work) { Patience = TimeSpan.FromMilliseconds(500) }, 2400, TimeSpan.Zero, 90 * Second);
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
