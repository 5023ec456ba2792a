namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>Compares the waits that a queue predicts with the waits that follow.</summary>
public sealed class EstimateTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static TheoryData<string> Distributions => ["constant", "exponential", "log-normal"];

    [Theory]
    [MemberData(nameof(Distributions))]
    public void ExpectedWait_InSteadyOverload_IsWithinAFifthOfTheWait(string distribution) => Seeds.Each(seed =>
    {
        using var world = new World(seed, new JobQueueOptions { Workers = 8, PartitionCapacity = 200 });
        Work work = distribution switch
        {
            "constant" => Works.Constant(10),
            "exponential" => Works.Exponential(10),
            _ => Works.LogNormal(10, variation: 1.5),
        };
        var expected = new Dictionary<long, TimeSpan>();
        world.BeforeArrival = () => expected[world.Clock.Now] = world.Queue.GetSnapshot().ExpectedWait ?? TimeSpan.Zero;
        world.Poisson(new Client("all", work), 1_200, TimeSpan.Zero, 6 * Second);
        world.RunUntil(7 * Second);

        var errors = world.Records.Visits
            .Where(
                visit => visit.Ending == Ending.Served && visit.Arrived > Second.Ticks && visit.Waited > TimeSpan.Zero)
            .Select(visit => Math.Abs(expected[visit.Arrived] / visit.Waited - 1))
            .Order()
            .ToArray();
        Assert.InRange(errors.Length, 1_000, int.MaxValue);
        Assert.InRange(errors[errors.Length / 2], 0, 0.2);
    });

    [Fact]
    public void ADeadlineThatCannotBeMet_IsRefusedOnArrival_AndOneThatIsLetWaitIsMostlyMet() => Seeds.Each(seed =>
    {
        using var world = new World(seed, new JobQueueOptions { Workers = 8, PartitionCapacity = 400 });
        world.Poisson(
            new Client("all", Works.Exponential(10)) { Traits = new() { Deadline = Second / 4 } },
            1_600,
            TimeSpan.Zero,
            5 * Second);
        world.RunUntil(6 * Second);

        Assert.InRange(world.Records.Share(RejectionReason.DeadlineTooClose), 0.3, 0.6);
        Assert.InRange(world.Records.Share(RejectionReason.WaitTimeout), 0, 0.1);
        Assert.All(
            world.Records.Visits.Where(visit => visit.Ending == Ending.Served),
            visit => Assert.InRange(visit.Waited, TimeSpan.Zero, Second / 4));
    });
}
