namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// Tests when refused clients return if they obey Retry-After. There are 8 workers and jobs of 10 ms, and other clients
/// need half of the capacity.
/// </summary>
public sealed class ReturningClientsTests
{
    private const double SpareCapacity = 400;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(24_000, 0)]
    [InlineData(20_000, 0.3)]
    [InlineData(8_000, 1)]
    [InlineData(6_000, 5)]
    public void RefusedClients_AfterABurst_NeverComeBackFasterThanTheSpareCapacity(
        int burst, double seconds) => Seeds.Each(seed =>
    {
        using var world = new World(seed, new JobQueueOptions { Workers = 8, PartitionCapacity = 400 });
        var client = new Client("returning", Works.Exponential(10)) { Returns = true };
        // In some seconds of normal load, the queue learns how fast jobs are served.
        world.Poisson(client, 800, TimeSpan.Zero, 2 * Second);
        if (seconds == 0)
            world.Burst(client, burst, 5 * Second);
        else
            world.Poisson(client, burst / seconds, 5 * Second, (5 + seconds) * Second);
        world.Poisson(new Client("others", Works.Exponential(10)), 400, 5 * Second, 67 * Second);

        world.RunUntil(67 * Second);

        var returns = world.Records.Of("returning").Where(visit => visit.Attempt > 0).Select(visit => visit.Arrived)
            .Order().ToArray();
        Assert.NotEmpty(returns);
        Assert.InRange(MaxInAnySecond(returns), 1, 1.2 * SpareCapacity);
        Assert.All(
            world.Records.Visits.Where(visit => visit.Ending == Ending.Rejected),
            visit => Assert.InRange(visit.RetryAfter, Second, 60 * Second));
    });

    private static int MaxInAnySecond(long[] moments)
    {
        var most = 0;
        for (int first = 0, last = 0; last < moments.Length; last++)
        {
            while (moments[last] - moments[first] >= Second.Ticks)
                first++;
            most = Math.Max(most, last - first + 1);
        }
        return most;
    }
}
