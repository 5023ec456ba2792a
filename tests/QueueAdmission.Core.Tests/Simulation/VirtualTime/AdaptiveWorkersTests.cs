namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// Tests a queue that adapts its number of workers to a backend. The backend first serves 16 jobs at once, then 8, then
/// 16 again. More jobs at once slow it down.
/// </summary>
public sealed class AdaptiveWorkersTests
{
    private const double ServiceSeconds = 0.01;
    private const double Contention = 0.2;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The distributions, and the seconds of a phase for each, which are about thirty windows. Windows are longer if
    /// the latencies vary more.
    /// </summary>
    public static TheoryData<string, int> Distributions =>
        new() { { "constant", 5 }, { "exponential", 15 }, { "log-normal", 15 } };

    [Theory]
    [MemberData(nameof(Distributions))]
    public void CapacityHalvesThenDoubles_IsFollowed_AtNearlyTheGoodputOfTheBestFixedLimit(
        string distribution, int phase) => Seeds.Each(seed =>
    {
        using var world = Run(seed, distribution, phase);

        // The best fixed limit is a compromise between the phases. It can be computed because some job is always
        // waiting.
        var best = Enumerable.Range(1, 32)
            .Max(workers => (2 * Throughput(workers, limit: 16)) + Throughput(workers, limit: 8)) / 3;
        Assert.InRange(world.Records.Goodput(best, TimeSpan.Zero, 3 * phase * Second), 0.95, 2);
    });

    [Theory]
    [MemberData(nameof(Distributions))]
    public void CapacityChanges_AfterTenWindows_GoodputIsThatOfTheBestLimitForTheNewCapacity(
        string distribution, int phase) => Seeds.Each(seed =>
    {
        using var world = Run(seed, distribution, phase);

        foreach (var (change, limit) in new[] { (1, 8), (2, 16) })
        {
            var settled = (change * phase * Second) + (10 * Window(distribution, limit));
            Assert.InRange(
                world.Records.Goodput(Throughput(limit, limit), settled, (change + 1) * phase * Second), 0.9, 1.1);
        }
    });

    [Fact]
    public void EverythingBecomesSlower_ForAnotherReasonThanTheCrowd_WorkersStay() => Seeds.Each(seed =>
    {
        using var world = new World(seed, Settings(), Contention);
        world.Backend.Limit = 16;
        var slow = false;
        world.Poisson(
            new Client("all", random => Works.Exponential(slow ? 20 : 10)(random)), 2_000, TimeSpan.Zero, 30 * Second);
        world.At(10 * Second, () => slow = true);

        world.RunUntil(30 * Second);

        Assert.InRange(world.Records.Goodput(800, 20 * Second, 30 * Second), 0.9, 1.1);
    });

    [Fact]
    public void LittleToDo_WorkersStayWhatTheyAre() => Seeds.Each(seed =>
    {
        using var world = new World(seed, Settings());
        world.Poisson(new Client("all", Works.Exponential(10)), 400, TimeSpan.Zero, 30 * Second);

        world.RunUntil(30 * Second);

        Assert.Equal(16, world.Queue.GetSnapshot().Workers);
    });

    private static World Run(int seed, string distribution, int phase)
    {
        var world = new World(seed, Settings(), Contention);
        Work work = distribution switch
        {
            "constant" => Works.Constant(1_000 * ServiceSeconds),
            "exponential" => Works.Exponential(1_000 * ServiceSeconds),
            _ => Works.LogNormal(1_000 * ServiceSeconds, variation: 1),
        };
        world.Backend.Limit = 16;
        world.Poisson(new Client("all", work) { Patience = Second / 2 }, 2_000, TimeSpan.Zero, 3 * phase * Second);
        world.At(phase * Second, () => world.Backend.Limit = 8);
        world.At(2 * phase * Second, () => world.Backend.Limit = 16);
        world.RunUntil(3 * phase * Second);
        return world;
    }

    private static JobQueueOptions Settings() =>
        new() { Workers = 16, PartitionCapacity = 100, AdaptiveWorkers = true };

    /// <summary>Returns the jobs per second that a crowded backend completes; see <see cref="Backend"/>.</summary>
    private static double Throughput(int workers, int limit) =>
        Math.Min(workers, limit) / ServiceSeconds / (1 + (Contention * Math.Max(0, workers - limit) / limit));

    /// <summary>
    /// Returns the length of a window: the time for the number of jobs that determines their mean duration to within 4
    /// %.
    /// </summary>
    private static TimeSpan Window(string distribution, int limit) =>
        Second * (distribution == "constant" ? 16 * 10 : 625) * ServiceSeconds / limit;
}
