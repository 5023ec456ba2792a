namespace WebDemo;

/// <summary>The planned visit of one shopper.</summary>
/// <param name="Customer">The shopper's number.</param>
/// <param name="At">The time of arrival, from the start of the race.</param>
/// <param name="Patience">How long the shopper waits for an answer.</param>
internal readonly record struct Visit(int Customer, TimeSpan At, TimeSpan Patience)
{
    /// <summary>
    /// Returns the visits of all shoppers in the order of their arrival. The same options give the same visits.
    /// </summary>
    public static Visit[] Plan(RaceOptions options)
    {
        var random = new Random(options.Seed);
        var moments = new TimeSpan[options.Shoppers];
        for (var i = 0; i < moments.Length; i++)
            moments[i] = options.Within * random.NextDouble();
        Array.Sort(moments);
        var visits = new Visit[moments.Length];
        for (var i = 0; i < visits.Length; i++)
        {
            var patience = options.MinPatience + ((options.MaxPatience - options.MinPatience) * random.NextDouble());
            visits[i] = new Visit(i, moments[i], patience);
        }
        return visits;
    }
}
