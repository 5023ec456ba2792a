namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// The rushes in which <see cref="JobQueueOptions.AdaptiveMaxWait"/> is measured: 8 workers of 10 ms, 1,000 places.
/// </summary>
internal static class Rushes
{
    public const int Workers = 8;
    public const double Capacity = 800;

    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static readonly double[] Loads = [1.2, 2, 5, 10];

    /// <summary>How long the clients wait.</summary>
    public static readonly string[] Crowds =
        ["exactly 500 ms", "500 ms ± 5 %", "half 500 ms, half 5 s", "10 % 200 ms, 90 % 5 s"];

    public static World New(int seed, Action<JobQueueOptions>? change = null)
    {
        var settings = new JobQueueOptions { Workers = Workers, PartitionCapacity = 1_000 };
        change?.Invoke(settings);
        return new World(seed, settings);
    }

    public static Work WorkOf(string distribution, double milliseconds = 10) => distribution switch
    {
        "constant" => Works.Constant(milliseconds),
        "exponential" => Works.Exponential(milliseconds),
        _ => Works.LogNormal(milliseconds, variation: 1.5),
    };

    /// <summary>The clients of a crowd, and the share of the requests that each sends.</summary>
    public static IReadOnlyList<(Client Client, double Share)> Of(string crowd, string distribution)
    {
        var client = new Client("others", WorkOf(distribution)) { Patience = Second / 2 };
        return crowd switch
        {
            "exactly 500 ms" => [(client, 1)],
            "500 ms ± 5 %" => [(client with { Scatter = 0.05 }, 1)],
            "half 500 ms, half 5 s" => [(client, 0.5), (client with { Patience = 5 * Second }, 0.5)],
            "10 % 200 ms, 90 % 5 s" =>
                [(client with { Patience = Second / 5 }, 0.1), (client with { Patience = 5 * Second }, 0.9)],
            _ => throw new ArgumentOutOfRangeException(nameof(crowd), crowd, "Not a crowd."),
        };
    }

    /// <summary>Runs a rush, and returns the useful work as a share of what the workers could do.</summary>
    public static double Run(World world, string crowd, string distribution, double load, TimeSpan time)
    {
        foreach (var (client, share) in Of(crowd, distribution))
            world.Poisson(client, share * load * Capacity, TimeSpan.Zero, time);
        world.RunUntil(time);
        return world.Records.Goodput(world.Records.Capacity(Workers), TimeSpan.Zero, time);
    }

    /// <summary>
    /// The requests of ordinary clients that are served in time while others leave after 60 ms on purpose.
    /// </summary>
    /// <param name="seed">The world.</param>
    /// <param name="distribution">How long the jobs take.</param>
    /// <param name="load">All arrivals, as a multiple of the capacity.</param>
    /// <param name="share">The share of the arrivals that leaves early.</param>
    /// <param name="areThere">False for a run with the same ordinary clients alone.</param>
    public static double UsefulWorkBesideEarlyLeavers(
        int seed, string distribution, double load, double share, bool areThere = true)
    {
        using var world = New(seed);
        var others = new Client("others", WorkOf(distribution)) { Patience = Second / 2 };
        world.Poisson(others, (1 - share) * load * Capacity, TimeSpan.Zero, 20 * Second);
        if (areThere)
            world.Poisson(
                new Client("early", WorkOf(distribution)) { Patience = TimeSpan.FromMilliseconds(60) },
                share * load * Capacity,
                TimeSpan.Zero,
                20 * Second);
        world.RunUntil(20 * Second);
        return world.Records.Of("others").Count(visit => visit.Succeeded);
    }

    /// <summary>
    /// With overload control, from the first moment on: 99 % of the served had their answer within so many ms.
    /// </summary>
    public static double Latency99WithControl(int seed, string distribution, int workers, int milliseconds, double load)
    {
        using var world = NewControlled(seed, workers);
        world.Poisson(
            new Client("all", WorkOf(distribution, milliseconds)),
            load * workers * 1_000 / milliseconds,
            TimeSpan.Zero,
            10 * Second);
        world.RunUntil(10 * Second);
        var latencies = world.Records.Visits.Where(visit => visit.Ending == Ending.Served)
            .Select(visit => visit.Ended - visit.Arrived).Order().ToArray();
        return TimeSpan.FromTicks(latencies[(int)(0.99 * latencies.Length)]).TotalMilliseconds;
    }

    /// <summary>With overload control below the capacity: the share of the requests that is shed.</summary>
    public static double ShedWithControl(int seed, string distribution, int workers, int milliseconds, double load)
    {
        using var world = NewControlled(seed, workers);
        // As many jobs in every shape.
        var time = 30 * Second * (8.0 / workers) * (milliseconds / 10.0);
        world.Poisson(
            new Client("all", WorkOf(distribution, milliseconds)),
            load * workers * 1_000 / milliseconds,
            TimeSpan.Zero,
            time);
        world.RunUntil(time);
        return world.Records.Share(RejectionReason.Shed);
    }

    /// <summary>
    /// With overload control and 0.4 of the capacity: the share of the requests that is shed because of bursts every 2
    /// s.
    /// </summary>
    public static double ShedInBursts(int seed, int count, TimeSpan within)
    {
        using var world = NewControlled(seed, Workers);
        var client = new Client("all", WorkOf("exponential"));
        world.Poisson(client, 0.4 * Capacity, TimeSpan.Zero, 20 * Second);
        for (var at = Second; at < 20 * Second; at += 2 * Second)
        {
            if (within == TimeSpan.Zero)
                world.Burst(client, count, at);
            else
                world.Poisson(client, count / within.TotalSeconds, at, at + within);
        }
        world.RunUntil(20 * Second);
        return world.Records.Share(RejectionReason.Shed);
    }

    private static World NewControlled(int seed, int workers) =>
        new(
            seed,
            new JobQueueOptions
            {
                Workers = workers,
                PartitionCapacity = 400,
                OverloadControl = true,
                MaxWait = Timeout.InfiniteTimeSpan,
            });
}
