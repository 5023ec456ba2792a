namespace QueueAdmission.Benchmarks.Compare;

/// <summary>What one contender needed: medians over all rounds.</summary>
internal sealed record Measured(string Name, double Nanoseconds, double Bytes);

/// <summary>The contenders of one question, measured side by side in one process.</summary>
/// <remarks>
/// Nanoseconds drift with the machine's other guests. So every round goes through the contenders forwards and then
/// backwards (A B C C B A), which cancels a steady drift. A ratio is the median of the ratios within the rounds. Bytes
/// do not drift, and are counted in a pass of their own.
/// </remarks>
internal sealed class Comparison
{
    private readonly List<Measured> _measured = [];
    private readonly Dictionary<string, double[]> _rounds = [];

    private Comparison(string question) => Question = question;

    public string Question { get; }

    public IReadOnlyList<Measured> Contenders => _measured;

    public Measured this[string name] => _measured.Single(contender => contender.Name == name);

    /// <summary>The time of one contender ÷ that of another.</summary>
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
        // The later warm-ups may have led to another compilation of code that the first ones called.
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

/// <summary>How much time a comparison may take.</summary>
internal sealed record Pace(int Rounds, TimeSpan WarmUp, TimeSpan Slice)
{
    public static readonly Pace Careful = new(7, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(150));

    public static readonly Pace Quick = new(5, TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(40));
}
