namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>Draws the duration of a job in a backend that is not crowded.</summary>
/// <param name="random">The random numbers of the client.</param>
internal delegate TimeSpan Work(Random random);

/// <summary>The distributions of service times that queueing theory uses.</summary>
internal static class Works
{
    public static Work Constant(double milliseconds) => _ => TimeSpan.FromMilliseconds(milliseconds);

    public static Work Exponential(double meanMilliseconds) =>
        random => TimeSpan.FromMilliseconds(meanMilliseconds * Exponential(random));

    /// <summary>A log-normal distribution, which is skewed like the latencies of real services.</summary>
    /// <param name="meanMilliseconds">The mean.</param>
    /// <param name="variation">The coefficient of variation, standard deviation ÷ mean.</param>
    public static Work LogNormal(double meanMilliseconds, double variation)
    {
        var variance = Math.Log(1 + (variation * variation));
        var location = Math.Log(meanMilliseconds) - (variance / 2);
        return random => TimeSpan.FromMilliseconds(Math.Exp(location + (Math.Sqrt(variance) * Normal(random))));
    }

    /// <summary>Returns an exponentially distributed number with mean 1.</summary>
    public static double Exponential(Random random) => -Math.Log(1 - random.NextDouble());

    private static double Normal(Random random) =>
        Math.Sqrt(2 * Exponential(random)) * Math.Cos(2 * Math.PI * random.NextDouble());
}
