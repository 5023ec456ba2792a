namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>Tests keys and priorities with 8 workers, jobs of 10 ms, and clients that give up after 500 ms.</summary>
public sealed class FairnessTests
{
    private const double Capacity = 800;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = Second / 2;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OneGreedyClientBesideNineModestOnes_TheNineGetWhatTheyAskFor(bool overloadControl) => Seeds.Each(seed =>
    {
        using var world = new World(
            seed,
            new JobQueueOptions
            {
                Workers = 8,
                PartitionByKey = true,
                PartitionCapacity = 50,
                OverloadControl = overloadControl,
            });
        // A fair share is a tenth of the capacity. Nine clients use half of their share, and the tenth asks for ten
        // times its share.
        world.Poisson(Client("greedy", "greedy"), Capacity, TimeSpan.Zero, 10 * Second);
        var modest = Enumerable.Range(1, 9).Select(i => $"modest {i}").ToList();
        foreach (var name in modest)
            world.Poisson(Client(name, name), 0.05 * Capacity, TimeSpan.Zero, 10 * Second);

        world.RunUntil(10 * Second);

        var ratios = modest.Select(world.Records.SuccessRatio).ToList();
        Assert.InRange(ratios.Average(), 0.999, 1);
        Assert.InRange(Records.JainIndex(ratios), 0.99, 1);
    });

    [Fact]
    public void ATenantWithMinuteLongStreams_NeverHoldsMoreThanItsCap() => Seeds.Each(seed =>
    {
        using var world = new World(
            seed, new JobQueueOptions { Workers = 8, PartitionByKey = true, MaxWorkersPerKey = 2 });
        world.Poisson(
            new Client("streams", _ => TimeSpan.FromMinutes(1)) { Traits = new() { Key = "streams" } },
            1,
            TimeSpan.Zero,
            180 * Second);
        world.Poisson(Client("others", "others"), 100, TimeSpan.Zero, 180 * Second);

        world.RunUntil(180 * Second);

        Assert.Equal(2, MaxAtOnce(world.Records.Of("streams").Where(visit => visit.Ending == Ending.Served)));
        Assert.InRange(world.Records.SuccessRatio("others"), 0.999, 1);
    });

    [Fact]
    public void FiveTimesTheCapacity_OfWhichHighOffersHalf_HighSucceedsAndLowIsNotStarved() => Seeds.Each(seed =>
    {
        using var world = new World(seed, new JobQueueOptions { Workers = 8, PartitionCapacity = 200 });
        world.Poisson(Client("high", priority: JobPriority.High), 0.5 * Capacity, TimeSpan.Zero, 10 * Second);
        world.Poisson(Client("normal"), 2 * Capacity, TimeSpan.Zero, 10 * Second);
        world.Poisson(Client("low", priority: JobPriority.Low), 2.5 * Capacity, TimeSpan.Zero, 10 * Second);

        world.RunUntil(10 * Second);

        Assert.InRange(world.Records.SuccessRatio("high"), 0.999, 1);
        Assert.InRange(ShareOfWorkers(world, "low"), 0.05, 1);
    });

    [Fact]
    public void HighAloneExceedsTheCapacity_HighGetsNineTenthsAndLowIsNotStarved() => Seeds.Each(seed =>
    {
        using var world = new World(seed, new JobQueueOptions { Workers = 8, PartitionCapacity = 200 });
        world.Poisson(Client("high", priority: JobPriority.High), 1.5 * Capacity, TimeSpan.Zero, 10 * Second);
        world.Poisson(Client("low", priority: JobPriority.Low), 1.5 * Capacity, TimeSpan.Zero, 10 * Second);

        world.RunUntil(10 * Second);

        Assert.InRange(ShareOfWorkers(world, "high"), 0.9, 1);
        Assert.InRange(ShareOfWorkers(world, "low"), 0.05, 1);
    });

    private static Client Client(string group, string? key = null, JobPriority priority = JobPriority.Normal) =>
        new(group, Works.Exponential(10)) { Patience = Patience, Traits = new() { Key = key, Priority = priority } };

    private static double ShareOfWorkers(World world, string group) =>
        WorkersTime(world.Records.Of(group)) / WorkersTime(world.Records.Visits);

    private static double WorkersTime(IEnumerable<Visit> visits) =>
        visits.Where(visit => visit.Ending == Ending.Served).Sum(visit => (double)(visit.Ended - visit.Started));

    private static int MaxAtOnce(IEnumerable<Visit> visits)
    {
        var (now, most) = (0, 0);
        var changes = visits.SelectMany(visit => new[] { (visit.Started, 1), (visit.Ended, -1) });
        foreach (var (_, change) in changes.OrderBy(change => change))
            most = Math.Max(most, now += change);
        return most;
    }
}
