namespace QueueAdmission.Simulation.VirtualTime.Pictures;

/// <summary>
/// Measures the effect of <c>OverloadControl</c> from the start of a run, for docs/overload.md: <c>dotnet test
/// --project tests/QueueAdmission.Core.Tests -- --explicit only --filter-class '*OverloadTable'</c>.
/// </summary>
public sealed class OverloadTable(ITestOutputHelper output)
{
    private static readonly int SeedCount = int.TryParse(Environment.GetEnvironmentVariable("SEEDS"), out var seeds)
        ? seeds
        : Seeds.All;

    [Theory(Explicit = true)]
    [InlineData("constant", 8, 10)]
    [InlineData("exponential", 8, 10)]
    [InlineData("log-normal", 8, 10)]
    [InlineData("exponential", 1, 10)]
    [InlineData("exponential", 4, 1_000)]
    public void FromTheFirstMoment(string distribution, int workers, int milliseconds)
    {
        foreach (var load in new[] { 1.3, 2, 5, 10 })
        {
            var worst = Enumerable.Range(1, SeedCount)
                .Select(seed => Rushes.Latency99WithControl(seed, distribution, workers, milliseconds, load)).ToList();
            output.WriteLine(
                $"{workers} × {milliseconds} ms {distribution}, {load} ×: p99 of the served in 10 s, "
                + $"mean {worst.Average():0} ms, worst seed {worst.Max():0} ms");
        }
    }

    [Theory(Explicit = true)]
    [InlineData("constant", 8, 10)]
    [InlineData("exponential", 8, 10)]
    [InlineData("log-normal", 8, 10)]
    [InlineData("exponential", 1, 10)]
    [InlineData("exponential", 4, 1_000)]
    public void FalseSheds(string distribution, int workers, int milliseconds)
    {
        foreach (var load in new[] { 0.8, 0.9, 0.95 })
        {
            var shed = Enumerable.Range(1, SeedCount).Average(
                seed => Rushes.ShedWithControl(seed, distribution, workers, milliseconds, load));
            output.WriteLine($"{workers} × {milliseconds} ms {distribution}, {load} ×: {shed:P4} shed");
        }
    }

    [Theory(Explicit = true)]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(50)]
    [InlineData(100)]
    public void Bursts(int spreadMilliseconds)
    {
        foreach (var count in new[] { 100, 200, 300 })
        {
            var spread = TimeSpan.FromMilliseconds(spreadMilliseconds);
            var shed = Enumerable.Range(1, SeedCount).Average(seed => Rushes.ShedInBursts(seed, count, spread));
            output.WriteLine(
                $"bursts of {count} within {spreadMilliseconds} ms every 2 s at 0.4 ×: {shed:P3} shed");
        }
    }
}
