using System.Runtime.CompilerServices;

namespace QueueAdmission.Simulation.VirtualTime.Pictures;

/// <summary>
/// Draws the charts of docs/overload.md from the same simulations as the tests: <c>dotnet test --project
/// tests/QueueAdmission.Core.Tests -- --explicit only --filter-class '*OverloadPage'</c>.
/// </summary>
public sealed class OverloadPage(ITestOutputHelper output)
{
    private const double Capacity = 800;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tenth = TimeSpan.FromMilliseconds(100);

    [Fact(Explicit = true)]
    public void ByDefault()
    {
        var chart = new Chart(
            "A rush of 2 × the capacity from second 2 to 8, 1,000 places: answers in time",
            "answers a second",
            10,
            1_000);
        foreach (var adaptive in new[] { false, true })
        {
            using var world = Rushes.New(1, settings => settings.AdaptiveMaxWait = adaptive);
            world.Poisson(Client("all"), 0.7 * Capacity, TimeSpan.Zero, 10 * Second);
            world.Poisson(Client("all"), 1.3 * Capacity, 2 * Second, 8 * Second);
            world.RunUntil(10 * Second);
            var name = adaptive ? "default" : "AdaptiveMaxWait off";
            chart.Add(name, PerSecond(world, visit => visit.Succeeded, 10, 2));
            var goodput = world.Records.Goodput(Capacity, 2.5 * Second, 8 * Second);
            var lastFailure = world.Records.LastFailureAfter(8 * Second).TotalMilliseconds;
            output.WriteLine(
                $"{name}: goodput in the rush {goodput:P1}, last failure {lastFailure:0} ms, "
                + $"wasted work {world.Records.WastedWork():P1}");
        }
        Save("overload-default.svg", chart);
    }

    [Fact(Explicit = true)]
    public void Rush()
    {
        var chart = new Chart(
            "A rush of 5 × the capacity from second 2 to 5: answers in time", "answers a second", 9, 1_000);
        foreach (var control in new[] { false, true })
        {
            using var world = new World(
                1,
                new JobQueueOptions
                {
                    Workers = 8,
                    PartitionCapacity = 395,
                    OverloadControl = control,
                    AdaptiveMaxWait = false,
                });
            world.Poisson(Client("all"), 0.7 * Capacity, TimeSpan.Zero, 9 * Second);
            world.Poisson(Client("all"), 4.3 * Capacity, 2 * Second, 5 * Second);
            world.RunUntil(9 * Second);
            var name = control ? "OverloadControl" : "in turn";
            chart.Add(name, PerSecond(world, visit => visit.Succeeded, 9, 2));
            var goodput = world.Records.Goodput(Capacity, 2.5 * Second, 5 * Second);
            var lastFailure = world.Records.LastFailureAfter(5 * Second).TotalMilliseconds;
            var wait = world.Records.WaitOfAdmitted(99, 3 * Second, 5 * Second).TotalMilliseconds;
            output.WriteLine(
                $"{name}: goodput in the rush {goodput:P1}, last failure {lastFailure:0} ms, "
                + $"wasted work {world.Records.WastedWork():P1}, p99 wait in the rush {wait:0} ms");
        }
        Save("overload-rush.svg", chart);
    }

    [Fact(Explicit = true)]
    public void NoisyTenant()
    {
        var chart = new Chart(
            "One client with 10 × its share, from second 2 on: answers to the nine others", "answers a second", 9, 600);
        foreach (var keyed in new[] { false, true })
        {
            using var world = new World(
                1,
                new JobQueueOptions
                {
                    Workers = 8,
                    PartitionCapacity = keyed ? 50 : 400,
                    PartitionByKey = keyed,
                    AdaptiveMaxWait = false,
                });
            world.Poisson(Client("greedy", "greedy"), Capacity, 2 * Second, 9 * Second);
            for (var i = 1; i <= 9; i++)
                world.Poisson(Client("modest", $"modest {i}"), 0.05 * Capacity, TimeSpan.Zero, 9 * Second);
            world.RunUntil(9 * Second);
            var name = keyed ? "PartitionBy" : "one line for all";
            chart.Add(name, PerSecond(world, visit => visit.Succeeded && visit.Client.Group == "modest", 9, 3));
            output.WriteLine(
                $"{name}: {world.Records.SuccessRatio("modest"):P2} of the nine's requests succeed, "
                + $"{world.Records.SuccessRatio("greedy"):P1} of the greedy one's");
        }
        Save("overload-tenant.svg", chart);
    }

    [Fact(Explicit = true)]
    public void SlowDatabase()
    {
        var chart = new Chart(
            "The database serves 16 at once, from second 15 to 30 only 8: workers", "workers", 45, 24);
        using var world = new World(1, new JobQueueOptions { Workers = 16, AdaptiveWorkers = true }, contention: 0.2);
        world.Backend.Limit = 16;
        world.Poisson(Client("all"), 2_000, TimeSpan.Zero, 45 * Second);
        world.At(15 * Second, () => world.Backend.Limit = 8);
        world.At(30 * Second, () => world.Backend.Limit = 16);
        var (workers, limit) = (new List<double>(), new List<double>());
        for (var tenth = 0; tenth < 450; tenth += 2)
        {
            world.At(tenth * Tenth, () =>
            {
                workers.Add(world.Queue.GetSnapshot().Workers);
                limit.Add(world.Backend.Limit);
            });
        }
        world.RunUntil(45 * Second);
        Save(
            "overload-database.svg",
            chart.Add("what the database can serve at once", limit).Add("AdaptiveWorkers", workers));
    }

    [Fact(Explicit = true)]
    public void Retries()
    {
        var chart = new Chart(
            "8,000 refused at once in second 2, beside half the capacity: when they come back",
            "returns a second",
            30,
            1_600);
        foreach (var constant in new[] { true, false })
        {
            var settings = new JobQueueOptions { Workers = 8, PartitionCapacity = 400 };
            if (constant)
                settings.MinRetryAfter = settings.MaxRetryAfter = 5 * Second;
            using var world = new World(1, settings);
            world.Poisson(new Client("others", Works.Exponential(10)), Capacity, TimeSpan.Zero, Second);
            world.Poisson(new Client("others", Works.Exponential(10)), 0.5 * Capacity, Second, 30 * Second);
            world.Burst(new Client("rush", Works.Exponential(10)) { Returns = true }, 8_000, 2 * Second);
            world.RunUntil(30 * Second);
            var returns = new double[31];
            foreach (var visit in world.Records.Of("rush").Where(visit => visit.Attempt > 0))
                returns[Math.Min(30, visit.Arrived / Second.Ticks)]++;
            chart.Add(constant ? "always 5 s" : "booked", returns);
            output.WriteLine($"{(constant ? "constant" : "booked")}: at most {returns.Max():0} returns in a second");
        }
        Save("overload-retries.svg", chart);
    }

    private static Client Client(string group, string? key = null) =>
        new(group, Works.Exponential(10)) { Patience = Second / 2, Traits = new() { Key = key } };

    /// <summary>
    /// Returns the number of matching visits in each tenth of a second, as a rate per second and a moving average.
    /// </summary>
    private static double[] PerSecond(World world, Func<Visit, bool> counts, int seconds, int averaged)
    {
        var tenths = new double[seconds * 10];
        foreach (
            var visit in world.Records.Visits.Where(visit => counts(visit) && visit.Ended < seconds * Second.Ticks))
            tenths[visit.Ended / Tenth.Ticks] += 10;
        return [.. tenths.Select((_, at) => tenths[Math.Max(0, at - averaged)..(at + 1)].Average())];
    }

    private static void Save(string name, Chart chart, [CallerFilePath] string here = "") =>
        File.WriteAllText(
            Path.Combine(Path.GetDirectoryName(here)!, "../../../../../docs/images", name), chart.ToSvg());
}
