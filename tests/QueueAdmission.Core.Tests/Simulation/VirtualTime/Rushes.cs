namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// The overloads in which <see cref="JobQueueOptions.AdaptiveMaxWait"/> is measured, with 8 workers, jobs of 10 ms, and
/// 1,000 places.
/// </summary>
internal static class Rushes
{
    public const int Workers = 8;
    public const double Capacity = 800;

    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static readonly double[] Loads = [1.2, 2, 5, 10];

    /// <summary>The crowds of clients, named by how long they wait.</summary>
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

    /// <summary>Returns the clients of a crowd, and the fraction of the requests that each of them sends.</summary>
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

    /// <summary>Runs an overload, and returns the useful work as a fraction of what the workers could do.</summary>
    public static double Run(World world, string crowd, string distribution, double load, TimeSpan time)
    {
        foreach (var (client, share) in Of(crowd, distribution))
            world.Poisson(client, share * load * Capacity, TimeSpan.Zero, time);
        world.RunUntil(time);
        return world.Records.Goodput(world.Records.Capacity(Workers), TimeSpan.Zero, time);
    }

    /// <summary>
    /// Returns the useful work for ordinary clients while other clients deliberately leave after 60 ms.
    /// </summary>
    /// <param name="seed">The seed of the world.</param>
    /// <param name="distribution">The distribution of the jobs' durations.</param>
    /// <param name="load">All arrivals, as a multiple of the capacity.</param>
    /// <param name="share">The fraction of the arrivals whose clients leave early.</param>
    /// <param name="areThere">
    /// Whether the clients that leave early take part. If not, the same ordinary clients are alone.
    /// </param>
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
    /// Returns the 99th percentile of the latency of served requests in milliseconds, with overload control and from
    /// the start of the run.
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

    /// <summary>
    /// Returns the fraction of the requests that is shed, with overload control and a load below the capacity.
    /// </summary>
    public static double ShedWithControl(int seed, string distribution, int workers, int milliseconds, double load)
    {
        using var world = NewControlled(seed, workers);
        // The same number of jobs for all numbers of workers and durations.
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
    /// Returns the fraction of the requests that is shed because of a burst every 2 s, with overload control and an
    /// additional load of 0.4 of the capacity.
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
