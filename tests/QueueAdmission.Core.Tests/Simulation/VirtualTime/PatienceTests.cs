namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// Tests <see cref="JobQueueOptions.AdaptiveMaxWait"/> with 8 workers, jobs of 10 ms, 1,000 places, and clients that
/// leave.
/// </summary>
public sealed class PatienceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static MatrixTheoryData<string, double> Overloads { get; } = new(Rushes.Crowds, Rushes.Loads);

    [Theory]
    [MemberData(nameof(Overloads))]
    public void AtAMultipleOfTheCapacity_TheWorkIsUseful(string crowd, double load)
    {
        // At a high load, a run takes long and the means vary less.
        var seeds = Effort.Of(Seeds.All, some: load <= 2 ? 6 : 2);
        var useful = Enumerable.Range(1, seeds).Average(seed =>
        {
            using var world = Rushes.New(seed);
            return Rushes.Run(world, crowd, "exponential", load, 20 * Second);
        });
        Assert.InRange(useful, 0.97, 1.03);
    }

    [Theory]
    [InlineData("constant")]
    [InlineData("exponential")]
    public void OverAMinute_TheOnsetMattersLess(string distribution)
    {
        var useful = Enumerable.Range(1, Effort.Of(Seeds.All, some: 2)).Average(seed =>
        {
            using var world = Rushes.New(seed);
            return Rushes.Run(world, "exactly 500 ms", distribution, 2, 60 * Second);
        });
        Assert.InRange(useful, 0.985, 1.03);
    }

    [Theory]
    [InlineData(0.9, true)]
    [InlineData(1.2, false)]
    public void WhereNoClientLeavesOrFewWait_NoneIsRefused(double load, bool doClientsLeave)
    {
        var refused = 0.0;
        Seeds.Each(seed =>
        {
            using var world = Rushes.New(seed);
            var patience = doClientsLeave ? Second / 2 : Timeout.InfiniteTimeSpan;
            world.Poisson(
                new Client("all", Rushes.WorkOf("exponential")) { Patience = patience },
                load * Rushes.Capacity,
                TimeSpan.Zero,
                15 * Second);
            world.RunUntil(15 * Second);
            refused += world.Records.Share(RejectionReason.ExpectedWaitTooLong) / Seeds.Count;
        });
        Assert.InRange(refused, 0, doClientsLeave ? 0.001 : 0);
    }

    [Theory]
    [InlineData(1.2)]
    [InlineData(2)]
    public void ClientsThatLeaveEarlyOnPurpose_CostTheOthersLittle(double load)
    {
        double Useful(bool areThere) =>
            Enumerable.Range(1, 5).Average(
                seed => Rushes.UsefulWorkBesideEarlyLeavers(seed, "exponential", load, 0.1, areThere));
        Assert.InRange(Useful(areThere: true) / Useful(areThere: false), 0.95, 1.05);
    }

    [Fact]
    public void Order_OfThoseThatAreTaken_IsThatOfTheirArrival()
    {
        using var world = Rushes.New(1);
        Rushes.Run(world, "exactly 500 ms", "exponential", 5, 5 * Second);

        var starts = world.Records.Visits.Where(visit => visit.Ending == Ending.Served).OrderBy(visit => visit.Arrived)
            .ThenBy(visit => visit.Started).Select(visit => visit.Started).ToList();
        Assert.Equal(starts.Order(), starts);
        Assert.All(
            world.Records.Visits.Where(visit => visit.Reason == RejectionReason.ExpectedWaitTooLong),
            visit => Assert.Equal(visit.Arrived, visit.Ended));
    }

    [Fact]
    public void SwitchedOff_RefusesNoneAndWastesTheWork()
    {
        using var world = Rushes.New(1, settings => settings.AdaptiveMaxWait = false);

        Assert.InRange(Rushes.Run(world, "exactly 500 ms", "exponential", 2, 10 * Second), 0, 0.5);
        Assert.Equal(0, world.Records.Share(RejectionReason.ExpectedWaitTooLong));
        Assert.Null(world.Queue.GetSnapshot().Patience);
    }

    [Fact]
    public void SwitchedOffWhileItActs_TakesAllAgain()
    {
        using var world = Rushes.New(1);
        world.At(4 * Second, () => world.Queue.Update(settings => settings.AdaptiveMaxWait = false));
        Rushes.Run(world, "exactly 500 ms", "exponential", 2, 8 * Second);

        var refused = world.Records.Visits.Where(visit => visit.Reason == RejectionReason.ExpectedWaitTooLong).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, visit => Assert.True(visit.Ended <= 4 * Second.Ticks));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OverloadControlOrNewestFirst_DecidesAlone(bool control)
    {
        using var world = Rushes.New(1, settings =>
        {
            settings.OverloadControl = control;
            settings.Order = control ? default : System.Threading.RateLimiting.QueueProcessingOrder.NewestFirst;
        });
        Rushes.Run(world, "exactly 500 ms", "exponential", 2, 5 * Second);

        Assert.Equal(0, world.Records.Share(RejectionReason.ExpectedWaitTooLong));
        Assert.Null(world.Queue.GetSnapshot().Patience);
    }

    [Fact]
    public void Snapshot_TellsWhatIsLearned()
    {
        using var world = Rushes.New(1);
        Assert.Equal(PatienceState.NeverSeenLeaving, world.Queue.GetSnapshot().Patience!.State);
        Rushes.Run(world, "exactly 500 ms", "exponential", 2, 5 * Second);

        var patience = world.Queue.GetSnapshot().Patience!;
        Assert.Equal(PatienceState.Acting, patience.State);
        Assert.InRange(patience.Learned!.Value.TotalMilliseconds, 499, 501);
        Assert.InRange(patience.MaxExpectedWait!.Value.TotalMilliseconds, 350, 490);
        Assert.InRange(patience.Wasted, 100, 1_000);
    }

    [Fact]
    public void Snapshot_WhereClientsLeaveFromTheLineAlone_SaysThatItLearns()
    {
        using var world = Rushes.New(1);
        Rushes.Run(world, "10 % 200 ms, 90 % 5 s", "exponential", 1.2, 3 * Second);

        Assert.Equal(PatienceState.Learning, world.Queue.GetSnapshot().Patience!.State);
    }

    [Fact]
    public void ClientsThatAreNotSeenLeaving_TeachNothing()
    {
        using var world = Rushes.New(1);
        world.Poisson(
            new Client("all", Rushes.WorkOf("exponential")) { Patience = Second / 2, ShowsLeaving = false },
            2 * Rushes.Capacity,
            TimeSpan.Zero,
            5 * Second);
        world.RunUntil(5 * Second);

        Assert.Equal(0, world.Records.Share(RejectionReason.ExpectedWaitTooLong));
        var patience = world.Queue.GetSnapshot().Patience!;
        Assert.Equal((PatienceState.NeverSeenLeaving, null, 0L), (patience.State, patience.Learned, patience.Wasted));
    }

    [Fact]
    public void ClientsThatLeaveAlthoughTheyHardlyWaited_TeachNothing()
    {
        using var world = Rushes.New(1);
        world.Poisson(
            new Client("hasty", Rushes.WorkOf("constant")) { Patience = TimeSpan.FromMilliseconds(8) },
            0.4 * Rushes.Capacity,
            TimeSpan.Zero,
            10 * Second);
        world.Poisson(
            new Client("others", Rushes.WorkOf("constant")) { Patience = Second / 2 },
            0.5 * Rushes.Capacity,
            TimeSpan.Zero,
            10 * Second);
        world.RunUntil(10 * Second);

        Assert.Equal(0, world.Records.Share(RejectionReason.ExpectedWaitTooLong));
        Assert.InRange(world.Queue.GetSnapshot().Patience!.Wasted, 500, 3_200);
    }

    [Fact]
    public void PushedJob_IsNotRefused()
    {
        using var world = Rushes.New(1);
        JobHandle? pushed = null;
        world.At(4 * Second, () =>
        {
            for (var i = 0; i < 50; i++)
                pushed ??= world.Queue.Push(_ => Task.CompletedTask) is { Completion.IsCompleted: true } refused
                    ? refused
                    : null;
        });
        Rushes.Run(world, "exactly 500 ms", "exponential", 5, 4 * Second);

        Assert.Null(pushed);
        Assert.Equal(PatienceState.Acting, world.Queue.GetSnapshot().Patience!.State);
    }

    [Fact]
    public void DryRun_CountsWhatTheLearnedLimitWouldRefuse()
    {
        using var world = Rushes.New(1);
        world.At(4 * Second, () => world.Queue.Update(settings => settings.DryRun = true));
        Rushes.Run(world, "exactly 500 ms", "exponential", 5, 6 * Second);

        Assert.InRange(
            world.Queue.GetSnapshot().WouldHaveRejectedByReason.GetValueOrDefault(RejectionReason.ExpectedWaitTooLong),
            1_000,
            10_000);
    }

    [Fact]
    public void Key_IsJudgedByItsOwnClients()
    {
        var (impatient, patient) = (Keyed("impatient", Second / 4), Keyed("patient", 5 * Second));
        using var world = Rushes.New(
            1, settings => (settings.PartitionByKey, settings.PartitionCapacity) = (true, 250));
        world.Poisson(impatient, 2 * Rushes.Capacity, TimeSpan.Zero, 10 * Second);
        world.Poisson(patient, 2 * Rushes.Capacity, TimeSpan.Zero, 10 * Second);
        world.RunUntil(10 * Second);

        Assert.Contains(world.Records.Of("impatient"), visit => visit.Reason == RejectionReason.ExpectedWaitTooLong);
        Assert.DoesNotContain(
            world.Records.Of("patient"), visit => visit.Reason == RejectionReason.ExpectedWaitTooLong);
        Assert.InRange(world.Records.WastedWork(), 0, 0.08);
    }

    [Fact]
    public void Crowd_OfKeysWithFewRequests_IsJudgedAsOne()
    {
        double Useful(bool adaptive)
        {
            using var world = Rushes.New(
                1,
                settings => (settings.PartitionByKey, settings.PartitionCapacity, settings.AdaptiveMaxWait) =
                    (true, 30, adaptive));
            for (var i = 0; i < 400; i++)
                world.Poisson(
                    Keyed("all", Second / 2, $"key {i}"), 2 * Rushes.Capacity / 400, TimeSpan.Zero, 10 * Second);
            world.RunUntil(10 * Second);
            return world.Records.Goodput(world.Records.Capacity(Rushes.Workers), TimeSpan.Zero, 10 * Second);
        }
        var (plain, adapted) = (Useful(adaptive: false), Useful(adaptive: true));
        Assert.InRange(plain, 0, 0.93);
        Assert.InRange(adapted, 0.95, 1);
    }

    private static Client Keyed(string group, TimeSpan patience, string? key = null) =>
        new(group, Rushes.WorkOf("exponential")) { Patience = patience, Traits = new() { Key = key ?? group } };
}
