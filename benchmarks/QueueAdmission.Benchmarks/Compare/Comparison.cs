namespace QueueAdmission.Benchmarks.Compare;

/// <summary>The figures of one contender: medians over all rounds.</summary>
internal sealed record Measured(string Name, double Nanoseconds, double Bytes);

/// <summary>Measures the contenders of one question in turn, within one process.</summary>
/// <remarks>
/// The speed of a shared machine drifts. Each round therefore measures the contenders forwards and then backwards (A B
/// C C B A), which cancels a steady drift. A ratio is the median of the ratios within the rounds. Allocated bytes do
/// not drift, and are counted in a separate pass.
/// </remarks>
internal sealed class Comparison
{
    private readonly List<Measured> _measured = [];
    private readonly Dictionary<string, double[]> _rounds = [];

    private Comparison(string question) => Question = question;

    public string Question { get; }

    public IReadOnlyList<Measured> Contenders => _measured;

    public Measured this[string name] => _measured.Single(contender => contender.Name == name);

    /// <summary>Returns the time of one contender divided by that of another.</summary>
    public double Ratio(string contender, string other) =>
        Median([.. _rounds[contender].Zip(_rounds[other], (one, two) => one / two)]);

    public static Comparison Run(Question question, Pace pace)
    {
        var comparison = new Comparison(question.Name);
        foreach (var contender in question.Contenders)
        {
            contender.WarmUp(pace.WarmUp, pace.Slice);
            comparison._rounds[contender.Name] = new double[pace.Rounds];
        }
        // A later contender's warm-up may have caused code that it shares with earlier ones to be recompiled.
        foreach (var contender in question.Contenders)
            contender.WarmUp(pace.WarmUp / 2, pace.Slice);

        var there = question.Contenders;
        var thereAndBack = there.Concat(there.Reverse()).ToArray();
        for (var round = 0; round < pace.Rounds; round++)
        {
            foreach (var contender in thereAndBack)
                comparison._rounds[contender.Name][round] += contender.MeasureTime() / 2;
        }
        foreach (var contender in there)
            comparison._measured.Add(
                new Measured(contender.Name, Median(comparison._rounds[contender.Name]), contender.MeasureBytes()));
        return comparison;
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

/// <summary>The number of rounds of a comparison, and the durations of a warm-up and of a slice.</summary>
internal sealed record Pace(int Rounds, TimeSpan WarmUp, TimeSpan Slice)
{
    public static readonly Pace Careful = new(7, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(150));

    public static readonly Pace Quick = new(5, TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(40));
}
