namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// Verifies that keys share the time of the workers (promise 16), in the real engine with several seeds. The clients
/// always have requests under way.
/// </summary>
/// <remarks>
/// The runs are as short as the claims allow. <see cref="EveryClaim_InLongRuns_Holds"/> repeats the claims with longer
/// runs.
/// </remarks>
public sealed class KeyShareTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // The factor by which the runs are longer than the claims need.
    private int _times = 1;

    public static TheoryData<int, int, double, double> TwoKeys => new()
    {
        // A has 64 requests under way, and B has only a few.
        { 1, 2, 10, 10 },
        { 1, 4, 10, 10 },
        { 1, 8, 10, 10 },
        { 1, 64, 10, 10 },
        { 8, 64, 10, 10 },
        // Jobs of 10 ms and jobs of 1 s.
        { 1, 8, 10, 1_000 },
        { 1, 8, 1_000, 10 },
        { 8, 64, 10, 1_000 },
        { 8, 64, 1_000, 10 },
    };

    [Theory]
    [MemberData(nameof(TwoKeys))]
    public void TwoKeys_ThatAlwaysHaveARequestWaiting_HaveHalfEach(
        int workers, int ofB, double millisecondsOfA, double millisecondsOfB)
    {
        var length = Length(millisecondsOfA, millisecondsOfB, keys: 2, workers, turns: 75);
        AssertShares(0.5, 0.02, seed =>
        {
            var world = new World(seed, Settings(workers));
            world.KeepUnderWay(Client("a", millisecondsOfA), 64);
            world.KeepUnderWay(Client("b", millisecondsOfB), ofB);
            world.RunUntil(length + Second);
            return (world, "b", length);
        });
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(8, 10)]
    [InlineData(1, 1_000)]
    [InlineData(8, 1_000)]
    public void OneKeyWithEightyBesideNineWithFew_HasATenth(int workers, double millisecondsOfOne)
    {
        var length = Length(10, millisecondsOfOne, keys: 10, workers, turns: 15);
        AssertShares(0.1, 0.02, seed =>
        {
            var world = new World(seed, Settings(workers));
            world.KeepUnderWay(Client("greedy", millisecondsOfOne), 80);
            for (var i = 0; i < 9; i++)
                world.KeepUnderWay(Client($"modest {i}", 10), 4 * workers);
            world.RunUntil(length + Second);
            return (world, "greedy", length);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void TenKeys_EachWithJobsOfAnotherLength_HaveATenthEach(int workers)
    {
        var length = Length(100, 100, keys: 10, workers, turns: 30);
        Seeds.Each(seed =>
        {
            using var world = new World(seed, Settings(workers));
            for (var i = 0; i < 10; i++)
                world.KeepUnderWay(Client($"{i}", 10 * (i + 1)), 4 * workers);
            world.RunUntil(length + Second);
            for (var i = 0; i < 10; i++)
                Assert.InRange(world.Records.ShareOfTime($"{i}", Second, length), 0.08, 0.12);
        });
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void AKeyWithOneLongJobAtATime_BesideNineFullKeysOfShortOnes_HasATenth(
        int workers) => AssertShares(0.1, 0.02, seed =>
    {
        var length = _times * (120.0 / workers) * Second;
        // A client with one job at a time can use at most one worker.
        var world = new World(seed, Settings(workers));
        world.KeepUnderWay(Client("one", 1_000), 1);
        for (var i = 0; i < 9; i++)
            world.KeepUnderWay(Client($"full {i}", 10), 64);
        world.RunUntil(length + Second);
        return (world, "one", length);
    });

    [Fact]
    public void AKeyWithOneLongJobAtATime_OnOneWorker_HasATenth() => AssertShares(0.1, 0.02, seed =>
    {
        var world = new World(seed, Settings(workers: 1));
        world.KeepUnderWay(new Client("one", Works.Constant(1_000)) { Traits = new() { Key = "one" } }, 1);
        for (var i = 0; i < 9; i++)
            world.KeepUnderWay(
                new Client($"full {i}", Works.Constant(10)) { Traits = new() { Key = $"full {i}" } }, 64);
        world.RunUntil(((_times * 100) + 1) * Second);
        return (world, "one", _times * 100 * Second);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Jobs_ThatHoldSeveralWorkers_CountForEach(int workers) => AssertShares(0.5, 0.02, seed =>
    {
        var world = new World(seed, Settings(workers));
        var heavy = Client("heavy", 20);
        world.KeepUnderWay(heavy with { Traits = heavy.Traits with { Weight = workers / 2 } }, 16);
        world.KeepUnderWay(Client("light", 10), 64);
        world.RunUntil(((_times * 10) + 1) * Second);
        return (world, "heavy", _times * 10 * Second);
    });

    /// <summary>
    /// Tests two clients with jobs of equal duration, of one worker or of two, within the margins that Kubernetes' API
    /// Priority and Fairness uses for this case.
    /// </summary>
    [Theory]
    [InlineData(4, 8, 8, 1, 50, 0.01)]
    [InlineData(6, 13, 7, 2, 20, 0.155)]
    public void MarginsOfKubernetes_Hold(
        int workers,
        int ofA,
        int ofB,
        int widthOfB,
        int seconds,
        double margin) => AssertShares(0.5, margin / 2, seed =>
    {
        var world = new World(seed, Settings(workers));
        world.KeepUnderWay(new Client("a", Works.Constant(1_000)) { Traits = new() { Key = "a" } }, ofA);
        world.KeepUnderWay(
            new Client("b", Works.Constant(1_000)) { Traits = new() { Key = "b", Weight = widthOfB } }, ofB);
        world.RunUntil((seconds + 1) * Second);
        return (world, "b", seconds * Second);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void AKeyWithFourShares_BesideOneWithOne_HasFourFifths(int workers) => AssertShares(0.8, 0.02, seed =>
    {
        var world = new World(seed, Settings(workers));
        var premium = Client("premium", 10);
        world.KeepUnderWay(premium with { Traits = premium.Traits with { KeyShare = 4 } }, 64);
        world.KeepUnderWay(Client("basic", 10), 64);
        world.RunUntil(((_times * 5) + 1) * Second);
        return (world, "premium", _times * 5 * Second);
    });

    [Fact]
    public void IdleShares_GoToTheKeysThatNeedThem() => Seeds.Each(seed =>
    {
        var length = _times * 15 * Second;
        using var world = new World(seed, Settings(workers: 8));
        // Eight keys use a twentieth of the capacity each, and two keys use as much as they can get.
        for (var i = 0; i < 8; i++)
            world.Poisson(Client($"modest {i}", 10), 0.05 * 800, TimeSpan.Zero, length);
        world.KeepUnderWay(Client("a", 10), 64);
        world.KeepUnderWay(Client("b", 10), 64);
        world.RunUntil(length + Second);

        Assert.InRange(world.Records.ShareOfTime("a", Second, length), 0.28, 0.32);
        Assert.InRange(world.Records.ShareOfTime("b", Second, length), 0.28, 0.32);
        for (var i = 0; i < 8; i++)
            Assert.InRange(world.Records.ShareOfTime($"modest {i}", Second, length), 0.04, 0.06);
    });

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(100)]
    [InlineData(1_000)]
    public void AClientAtNineTenthsOfItsShare_WaitsAsInAQueueOfItsOwn(double millisecondsOfOthers)
    {
        double shared = 0, alone = 0;
        var length = _times * 50 * Second;
        Seeds.Each(seed =>
        {
            using var world = new World(seed, Settings(workers: 1));
            world.Poisson(
                new Client("modest", Works.Exponential(10)) { Traits = new() { Key = "modest" } },
                45,
                TimeSpan.Zero,
                length);
            world.KeepUnderWay(
                new Client("greedy", Works.Exponential(millisecondsOfOthers)) { Traits = new() { Key = "greedy" } },
                64);
            world.RunUntil(length);
            shared += MeanWait(world, "modest");

            // Half of one worker is like a worker with half the speed.
            using var own = new World(seed, Settings(workers: 1));
            own.Poisson(
                new Client("modest", Works.Exponential(20)) { Traits = new() { Key = "modest" } },
                45,
                TimeSpan.Zero,
                length);
            own.RunUntil(length);
            alone += MeanWait(own, "modest");
        });

        var (waited, would) = (shared / Seeds.Count, alone / Seeds.Count);
        output.WriteLine(
            $"others' jobs {millisecondsOfOthers} ms: {waited:0.0} ms, in a queue of its own {would:0.0} ms");
        Assert.InRange(waited, 0, millisecondsOfOthers <= 30 ? 1.5 * would : would + millisecondsOfOthers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InventedKeys_LeaveAnHonestOneItsTurn(bool honestCameFirst) =>
        AssertTurnBesideInvented(2_000, honestCameFirst);

    [Theory(Explicit = true)]
    [InlineData(true)]
    [InlineData(false)]
    public void TenThousandInventedKeys_LeaveAnHonestOneItsTurn(bool honestCameFirst) =>
        AssertTurnBesideInvented(10_000, honestCameFirst);

    [Fact(Explicit = true)]
    public void EveryClaim_InLongRuns_Holds()
    {
        _times = 5;
        foreach (var workers in (int[])[1, 8])
        {
            TwoKeys_ThatAlwaysHaveARequestWaiting_HaveHalfEach(workers, ofB: 64, 10, 10);
            TwoKeys_ThatAlwaysHaveARequestWaiting_HaveHalfEach(workers, ofB: 8, 10, 1_000);
            TwoKeys_ThatAlwaysHaveARequestWaiting_HaveHalfEach(workers, ofB: 8, 1_000, 10);
            OneKeyWithEightyBesideNineWithFew_HasATenth(workers, 10);
            OneKeyWithEightyBesideNineWithFew_HasATenth(workers, 1_000);
            TenKeys_EachWithJobsOfAnotherLength_HaveATenthEach(workers);
            AKeyWithFourShares_BesideOneWithOne_HasFourFifths(workers);
        }
        AKeyWithOneLongJobAtATime_BesideNineFullKeysOfShortOnes_HasATenth(workers: 8);
        AKeyWithOneLongJobAtATime_OnOneWorker_HasATenth();
        Jobs_ThatHoldSeveralWorkers_CountForEach(workers: 8);
        IdleShares_GoToTheKeysThatNeedThem();
        foreach (var others in (int[])[10, 30, 100, 1_000])
            AClientAtNineTenthsOfItsShare_WaitsAsInAQueueOfItsOwn(others);
    }

    private void AssertTurnBesideInvented(int keys, bool honestCameFirst)
    {
        // Keys that arrive at the same time each get a first turn. A later key is served only after these turns.
        var firstTurn = (1 + (keys / 800.0)) * Second;
        AssertAtLeast(
            0.015,
            seed =>
            {
                var settings = Settings(workers: 8);
                (settings.MaxWaiting, settings.MaxWaitingPerKey) = (20_000, 1_000);
                var world = new World(seed, settings);
                world.KeepUnderWay(Client("honest", 10), 200, honestCameFirst ? TimeSpan.Zero : Second);
                for (var i = 0; i < keys; i++)
                    world.KeepUnderWay(
                        Client("invented", 10, key: $"invented {i}"), 1, honestCameFirst ? Second : TimeSpan.Zero);
                world.RunUntil(3 * firstTurn);
                return (world, "honest", 3 * firstTurn);
            },
            from: firstTurn);
    }

    private static double MeanWait(World world, string group) =>
        world.Records.Of(group).Where(visit => visit.Ending == Ending.Served).Average(
            visit => visit.Waited.TotalMilliseconds);

    private static JobQueueOptions Settings(int workers) => new()
    {
        Workers = workers,
        PartitionByKey = true,
        MaxWaiting = 2_000,
        MaxWait = Timeout.InfiniteTimeSpan,
    };

    private static Client Client(string group, double milliseconds, string? key = null) =>
        new(group, Works.LogNormal(milliseconds, variation: 0.5)) { Traits = new() { Key = key ?? group } };

    /// <summary>Returns a duration in which each key has enough turns for its share to be exact.</summary>
    private TimeSpan Length(double a, double b, int keys, int workers, int turns) =>
        _times * TimeSpan.FromMilliseconds(Math.Max(40_000 / (workers + 3), Math.Max(a, b) * keys * turns / workers));

    private void AssertShares(
        double expected,
        double tolerance,
        Func<int,
        (World World, string Group, TimeSpan Until)> run,
        TimeSpan from = default)
    {
        var shares = Measure(run, from);
        output.WriteLine($"mean {shares.Average():0.0000}, {shares.Min():0.0000} to {shares.Max():0.0000}");
        Assert.All(shares, share => Assert.InRange(share, expected - tolerance, expected + tolerance));
    }

    private void AssertAtLeast(
        double expected, Func<int, (World World, string Group, TimeSpan Until)> run, TimeSpan from = default)
    {
        var shares = Measure(run, from);
        output.WriteLine($"mean {shares.Average():0.0000}, {shares.Min():0.0000} to {shares.Max():0.0000}");
        Assert.All(shares, share => Assert.InRange(share, expected, 1));
    }

    private static List<double> Measure(Func<int, (World World, string Group, TimeSpan Until)> run, TimeSpan from)
    {
        var shares = new List<double>();
        Seeds.Each(seed =>
        {
            var (world, group, until) = run(seed);
            using (world)
                shares.Add(world.Records.ShareOfTime(group, from, until));
        });
        return shares;
    }
}
