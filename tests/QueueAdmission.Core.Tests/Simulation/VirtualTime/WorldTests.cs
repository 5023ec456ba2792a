using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// Verifies that the simulator is repeatable, and that it agrees with exact results of queueing theory.
/// </summary>
public sealed class WorldTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    [Fact]
    public void World_SameSeedTwice_IsTheSameToTheLastBit()
    {
        Seeds.Each(seed => Assert.Equal(Rush(seed), Rush(seed)));
        Assert.Equal(Seeds.Count, Enumerable.Range(1, Seeds.Count).Select(Rush).Distinct().Count());
    }

    [Fact]
    public void World_RandomArrivalsAndExponentialService_WaitsAsErlangSays()
    {
        var mean = Enumerable.Range(1, Seeds.Count).Average(seed =>
        {
            using var world = new World(seed, Settings(workers: 8, capacity: 100_000));
            world.Poisson(new Client("all", Works.Exponential(10)), perSecond: 640, TimeSpan.Zero, Minute);
            world.RunUntil(Minute);
            return world.Records.Visits.Average(visit => visit.Waited.TotalMilliseconds);
        });

        // Erlang C for 8 servers at 80 % load: the fraction 0.457 of the jobs waits, for 10 ms ÷ (8 × 0.2) on average.
        Assert.Equal(0.457 * 6.25, mean, tolerance: 0.08);
    }

    [Fact]
    public void Backend_TwiceAsManyJobsAsItsLimit_TakeTwiceAsLong()
    {
        using var world = new World(1, Settings(workers: 100));
        world.Backend.Limit = 4;

        world.Burst(new Client("all", Works.Constant(10)), 8, TimeSpan.Zero);
        world.RunUntil(Minute);

        Assert.All(
            world.Records.Visits, visit => Assert.Equal(20, TimeSpan.FromTicks(visit.Ended).TotalMilliseconds, 3));
    }

    [Fact]
    public void Backend_WithContention_LosesSpeedToTheCrowd()
    {
        using var world = new World(1, Settings(workers: 100), contention: 0.5);
        world.Backend.Limit = 4;

        world.Burst(new Client("all", Works.Constant(10)), 8, TimeSpan.Zero);
        world.RunUntil(Minute);

        Assert.All(
            world.Records.Visits, visit => Assert.Equal(30, TimeSpan.FromTicks(visit.Ended).TotalMilliseconds, 3));
    }

    private static ulong Rush(int seed)
    {
        using var world = new World(
            seed, Settings(workers: 8, partitions: 4, capacity: 50, maxWait: TimeSpan.FromMilliseconds(400)));
        world.Backend.Limit = 6;
        var second = TimeSpan.FromSeconds(1);
        world.Poisson(
            new Client("patient", Works.LogNormal(10, 1.5)) { Returns = true }, 500, TimeSpan.Zero, 3 * second);
        world.Poisson(
            new Client("hasty", Works.Exponential(10)) { Patience = TimeSpan.FromMilliseconds(100) },
            900,
            second,
            2 * second);
        world.Burst(new Client("burst", Works.Constant(5)) { Returns = true }, 300, 2 * second);
        world.At(2 * second, () => world.Backend.Limit = 3);
        world.RunUntil(10 * second);
        return world.Records.Trace;
    }
}
