namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// Tests background jobs beside live ones in the real engine, with several seeds. The clients always have requests
/// under way.
/// </summary>
public sealed class BackgroundTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The workers, the share, and the durations of a live job and of a background job in milliseconds.
    /// </summary>
    public static TheoryData<int, double, double, double> Saturated
    {
        get
        {
            var data = new TheoryData<int, double, double, double>();
            foreach (var workers in (int[])[1, 4, 8])
            {
                foreach (var share in (double[])[0.1, 0.5])
                {
                    data.Add(workers, share, 10, 10);
                    data.Add(workers, share, 10, 50);
                    data.Add(workers, share, 50, 10);
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Saturated))]
    public void Share_UnderSaturatedLiveLoad_IsWithinTwoHundredths(
        int workers, double share, double ofLive, double ofBackground) => Seeds.Each(seed =>
    {
        using var world = new World(seed, Settings(workers));
        world.KeepUnderWay(new Client("live", Works.Exponential(ofLive)), 4 * workers);
        world.KeepInBackground(new Client("background", Works.Exponential(ofBackground)), 2 * workers, share);
        world.RunUntil(31 * Second);

        Assert.InRange(world.Records.ShareOfTime("background", Second, 31 * Second), share - 0.02, share + 0.02);
    });

    [Theory]
    [InlineData(4, 2, 1)]
    [InlineData(4, 1, 2)]
    [InlineData(8, 3, 3)]
    public void Share_OfJobsWithWeights_CountsEachWorker(
        int workers, int ofLive, int ofBackground) => Seeds.Each(seed =>
    {
        using var world = new World(seed, Settings(workers));
        world.KeepUnderWay(
            new Client("live", Works.Exponential(10)) { Traits = new() { Weight = ofLive } }, 4 * workers);
        world.KeepInBackground(
            new Client("background", Works.Exponential(10)) { Traits = new() { Weight = ofBackground } },
            2 * workers,
            0.3);
        world.RunUntil(31 * Second);

        // The share of the time in which jobs ran. Workers that are reserved for a heavy job run nothing.
        Assert.InRange(Used(world, "background") / (30 * workers), 0.28, 0.32);
    });

    [Fact]
    public void Share_WhereKeysShareTheWorkers_IsThatOfTheWorkers() => Seeds.Each(seed =>
    {
        var settings = Settings(4);
        settings.PartitionByKey = true;
        using var world = new World(seed, settings);
        world.KeepUnderWay(new Client("a", Works.Exponential(10)) { Traits = new() { Key = "a" } }, 16);
        world.KeepUnderWay(new Client("b", Works.Exponential(30)) { Traits = new() { Key = "b" } }, 16);
        world.KeepInBackground(
            new Client("background", Works.Exponential(10)) { Traits = new() { Key = "a" } }, 8, 0.2);
        world.RunUntil(41 * Second);

        Assert.InRange(world.Records.ShareOfTime("background", Second, 41 * Second), 0.18, 0.22);
        Assert.InRange(world.Records.ShareOfTime("a", Second, 41 * Second), 0.38, 0.42);
    });

    [Fact]
    public void NoShare_UnderSaturatedLiveLoad_GetsNothing() => Seeds.Each(seed =>
    {
        using var world = new World(seed, Settings(4));
        world.KeepUnderWay(new Client("live", Works.Exponential(10)), 16);
        world.KeepInBackground(new Client("background", Works.Exponential(10)), 8, 0, from: Second);
        world.RunUntil(11 * Second);

        Assert.Equal(0, world.Records.ShareOfTime("background", Second, 11 * Second));
    });

    [Fact]
    public void Workers_ThatLiveJobsLeaveFree_AreNeverIdle() => Seeds.Each(seed =>
    {
        using var world = new World(seed, Settings(4));
        // The live jobs use half of the capacity, and the share of the background jobs is smaller than the other half.
        world.Poisson(new Client("live", Works.Exponential(10)), 200, TimeSpan.Zero, 31 * Second);
        world.KeepInBackground(new Client("background", Works.Exponential(10)), 8, 0.1);
        world.RunUntil(31 * Second);

        Assert.InRange((Used(world, "live") + Used(world, "background")) / (30 * 4), 0.999, 1);
        Assert.InRange(world.Records.ShareOfTime("background", Second, 31 * Second), 0.45, 0.55);
    });

    [Fact]
    public void LiveJobs_OfAQueueThatHadBackgroundJobs_RunAsWithoutThem() => Seeds.Each(seed =>
    {
        Assert.Equal(Trace(hasBackground: false), Trace(hasBackground: true));

        ulong Trace(bool hasBackground)
        {
            using var world = new World(seed, Settings(4));
            if (hasBackground)
            {
                // The background job has ended before the first live job arrives.
                var entering = world.Queue.EnterBackgroundAsync(default, 0.5, TestContext.Current.CancellationToken);
                entering.GetAwaiter().GetResult().Dispose();
            }
            world.Poisson(
                new Client("live", Works.Exponential(10)) { Patience = Second / 4 }, 500, TimeSpan.Zero, 10 * Second);
            world.RunUntil(11 * Second);
            return world.Records.Trace;
        }
    });

    private static double Used(World world, string group) => world.Records.Of(group)
        .Where(visit => visit.Ending == Ending.Served)
        .Sum(visit =>
        {
            var started = Math.Max(visit.Started, TimeSpan.TicksPerSecond);
            var ended = Math.Min(visit.Ended, 31 * TimeSpan.TicksPerSecond);
            return Math.Max(0, ended - started) * (double)visit.Client.Traits.Weight / TimeSpan.TicksPerSecond;
        });

    private static JobQueueOptions Settings(int workers) =>
        new() { Workers = workers, PartitionCapacity = 1_000, MaxWait = Timeout.InfiniteTimeSpan };
}
