namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// Tests <see cref="JobQueueOptions.OverloadControl"/> with 8 workers, jobs of 10 ms, and clients that give up after
/// 500 ms.
/// </summary>
public sealed class OverloadTests
{
    private const int Workers = 8;
    private const double Capacity = 800;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = Second / 2;

    public static TheoryData<string> Distributions => ["constant", "exponential", "log-normal"];

    public static MatrixTheoryData<double, string> Overloads { get; } = new(
        [1.2, 2, 5, 10], ["constant", "exponential", "log-normal"]);

    [Theory]
    [MemberData(nameof(Distributions))]
    public void AtNineTenthsOfTheCapacity_FewAreShed(string distribution)
    {
        // Rushes are rare, so the mean needs all seeds.
        var shed = Enumerable.Range(1, Seeds.All).Average(seed =>
        {
            using var world = New(seed);
            world.Poisson(Client(distribution), 0.9 * Capacity, TimeSpan.Zero, 30 * Second);
            world.RunUntil(30 * Second);
            return world.Records.Share(RejectionReason.Shed);
        });
        Assert.InRange(shed, 0, 0.001);
    }

    [Theory]
    [MemberData(nameof(Overloads))]
    public void AtAMultipleOfTheCapacity_TheWorkersWorkForClientsThatStillWait(double load, string distribution)
    {
        // The means vary most at a small overload.
        var goodput = Enumerable.Range(1, load < 2 ? Seeds.All : Seeds.Count).Average(seed =>
        {
            using var world = New(seed);
            world.Poisson(Client(distribution), load * Capacity, TimeSpan.Zero, 6 * Second);
            world.RunUntil(6 * Second);
            return world.Records.Goodput(world.Records.Capacity(Workers), Second, 6 * Second);
        });
        Assert.InRange(goodput, 0.97, 1.03);
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void AtTwiceTheCapacity_TheAdmittedWaitBriefly(string distribution) => Seeds.Each(seed =>
    {
        using var world = New(seed);
        world.Poisson(Client(distribution), 2 * Capacity, TimeSpan.Zero, 6 * Second);
        world.RunUntil(6 * Second);

        Assert.InRange(world.Records.WaitOfAdmitted(99, Second, 6 * Second), TimeSpan.Zero, 0.2 * Patience);
        Assert.InRange(world.Records.WaitOfAdmitted(100, TimeSpan.Zero, 6 * Second), TimeSpan.Zero, 0.5 * Patience);
    });

    [Theory]
    [InlineData("constant")]
    [InlineData("exponential")]
    public void AfterASpike_NoClientFails(string distribution) => Seeds.Each(seed =>
    {
        using var world = New(seed);
        world.Poisson(Client(distribution), 0.5 * Capacity, TimeSpan.Zero, 8 * Second);
        world.Poisson(Client(distribution), 4.5 * Capacity, 2 * Second, 5 * Second);
        world.RunUntil(8 * Second);

        Assert.InRange(world.Records.LastFailureAfter(5 * Second).TotalMilliseconds, 0, 50);
    });

    [Fact]
    public void ABurstThatDissolves_IsServedToTheLast() => Seeds.Each(seed =>
    {
        using var world = New(seed);
        world.Poisson(Client("exponential"), 0.5 * Capacity, TimeSpan.Zero, 4 * Second);
        world.Burst(Client("exponential"), 80, 2 * Second);
        world.RunUntil(4 * Second);

        Assert.All(world.Records.Visits, visit => Assert.True(visit.Succeeded));
    });

    [Theory]
    [InlineData(8, 10, 2, 100)]
    [InlineData(8, 10, 5, 100)]
    [InlineData(8, 10, 10, 100)]
    [InlineData(1, 10, 5, 846)]
    [InlineData(1, 10, 10, 846)]
    [InlineData(4, 1_000, 5, 24_605)]
    [InlineData(4, 1_000, 10, 24_605)]
    public void FromTheFirstMoment_TheServedHaveTheirAnswersSoon(
        int workers, int milliseconds, double load, double most)
    {
        // For other numbers of workers or durations, the bound is the 99 % quantile of the service time plus 80 × its
        // mean ÷ workers.
        var latency = Enumerable.Range(1, load > 5 ? 3 : 6).Average(
            seed => Rushes.Latency99WithControl(seed, "exponential", workers, milliseconds, load));
        Assert.InRange(latency, 0, most);
    }

    [Theory]
    [InlineData(8, 10, "constant")]
    [InlineData(8, 10, "exponential")]
    [InlineData(1, 10, "exponential")]
    [InlineData(4, 1_000, "exponential")]
    public void AtNineTenthsOfTheCapacity_NoRushIsSeen(int workers, int milliseconds, string distribution) =>
        Assert.InRange(
            Enumerable.Range(1, 8)
                .Average(seed => Rushes.ShedWithControl(seed, distribution, workers, milliseconds, 0.9)),
            0,
            0.001);

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void BurstsOfAHundred_AreNoRush(int milliseconds) =>
        Assert.InRange(
            Enumerable.Range(1, 8)
                .Average(seed => Rushes.ShedInBursts(seed, 100, TimeSpan.FromMilliseconds(milliseconds))),
            0,
            0.0005);

    [Fact]
    public void WithoutOverloadControl_TheWorkersWorkForClientsThatHaveLeft()
    {
        using var world = new World(
            1, new JobQueueOptions { Workers = Workers, PartitionCapacity = 395, AdaptiveMaxWait = false });
        world.Poisson(Client("exponential"), 2 * Capacity, TimeSpan.Zero, 6 * Second);
        world.RunUntil(6 * Second);

        Assert.InRange(world.Records.Goodput(world.Records.Capacity(Workers), Second, 6 * Second), 0, 0.8);
        Assert.InRange(world.Records.WastedWork(), 0.2, 1);
    }

    private static World New(int seed) =>
        new(seed, new JobQueueOptions { Workers = Workers, PartitionCapacity = 400, OverloadControl = true });

    private static Client Client(string distribution) => new("all", distribution switch
    {
        "constant" => Works.Constant(10),
        "exponential" => Works.Exponential(10),
        _ => Works.LogNormal(10, variation: 1.5),
    })
    { Patience = Patience };
}
