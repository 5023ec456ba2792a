namespace QueueAdmission.Simulation.VirtualTime.Pictures;

/// <summary>
/// Measures the effect of <c>AdaptiveMaxWait</c>, for docs/overload.md: <c>dotnet test --project
/// tests/QueueAdmission.Core.Tests -- --explicit only --filter-class '*PatienceTable'</c>.
/// </summary>
public sealed class PatienceTable(ITestOutputHelper output)
{
    private static readonly int SeedCount = int.TryParse(Environment.GetEnvironmentVariable("SEEDS"), out var seeds)
        ? seeds
        : Seeds.All;

    [Theory(Explicit = true)]
    [InlineData("log-normal", 20)]
    [InlineData("exponential", 20)]
    [InlineData("exponential", 60)]
    [InlineData("constant", 20)]
    [InlineData("constant", 60)]
    public void UsefulWork(string distribution, int seconds)
    {
        foreach (var crowd in Rushes.Crowds)
        {
            output.WriteLine($"{distribution}, {seconds} s, {crowd}: " + string.Join("  ", Rushes.Loads.Select(load =>
                $"{load} ×: {Mean(seed => Run(seed, crowd, distribution, load, seconds, adaptive: true)):0.0000}")));
        }
    }

    [Fact(Explicit = true)]
    public void UsefulWorkOfPlainQueues()
    {
        foreach (var crowd in Rushes.Crowds)
        {
            output.WriteLine($"plain, 20 s, {crowd}: " + string.Join("  ", Rushes.Loads.Select(load =>
                $"{load} ×: {Mean(seed => Run(seed, crowd, "exponential", load, 20, adaptive: false)):0.000}")));
        }
    }

    [Theory(Explicit = true)]
    [InlineData("exponential")]
    [InlineData("constant")]
    public void EarlyLeavers(string distribution)
    {
        foreach (var load in Rushes.Loads)
        {
            var ratios = new[] { 0.02, 0.05, 0.1, 0.3 }.Select(share =>
            {
                var beside = Mean(
                    seed => Rushes.UsefulWorkBesideEarlyLeavers(seed, distribution, load, share));
                var without = Mean(
                    seed => Rushes.UsefulWorkBesideEarlyLeavers(seed, distribution, load, share, areThere: false));
                return $"{share:P0}: {beside / without:0.000}";
            });
            output.WriteLine($"{distribution}, {load} ×: {string.Join("  ", ratios)}");
        }
    }

    [Theory(Explicit = true)]
    [InlineData("constant")]
    [InlineData("exponential")]
    [InlineData("log-normal")]
    public void FalseRefusals(string distribution)
    {
        foreach (var load in new[] { 0.9, 0.95, 1.2, 5 })
        {
            foreach (var patience in new[] { Rushes.Second / 2, Timeout.InfiniteTimeSpan })
            {
                var refused = Mean(seed =>
                {
                    using var world = Rushes.New(seed);
                    world.Poisson(
                        new Client("all", Rushes.WorkOf(distribution)) { Patience = patience },
                        load * Rushes.Capacity,
                        TimeSpan.Zero,
                        30 * Rushes.Second);
                    world.RunUntil(30 * Rushes.Second);
                    return world.Records.Share(RejectionReason.ExpectedWaitTooLong);
                });
                output.WriteLine(
                    $"{distribution}, {load} ×, patience {patience.TotalMilliseconds:0}: {refused:P4} refused");
            }
        }
    }

    private static double Run(int seed, string crowd, string distribution, double load, int seconds, bool adaptive)
    {
        using var world = Rushes.New(seed, settings => settings.AdaptiveMaxWait = adaptive);
        return Rushes.Run(world, crowd, distribution, load, seconds * Rushes.Second);
    }

    private static double Mean(Func<int, double> measure) => Enumerable.Range(1, SeedCount).Average(measure);
}
