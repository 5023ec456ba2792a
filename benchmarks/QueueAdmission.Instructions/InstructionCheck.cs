using System.Globalization;
using System.Text.Json;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.Instructions;

/// <summary>
/// Compares the instructions of a request, less those of the bare pipeline, with the committed bounds.
/// </summary>
/// <remarks>
/// <para>A process that starts .NET runs billions of instructions before the first request. Each subject is therefore
/// counted in two runs that differ only in the number of its calls. The instructions of one call are the difference of
/// the instructions divided by the difference of the calls. This figure repeats to a fraction of a percent, however
/// busy the machine is.</para>
/// <para>Occasionally a thread of the runtime wakes up during a run and adds instructions. If a bound seems to be
/// exceeded, if the bounds are updated, or if the peers are shown, everything is counted up to three times. Such a
/// disturbance only adds, so the least count of each run is used.</para>
/// </remarks>
internal static class InstructionCheck
{
    private const int Few = 200;
    private const int Many = 100_200;
    private const double Tolerance = 1.03;
    private const int Attempts = 3;

    private static readonly string BoundsFile = Path.Combine(RowFile.BenchmarksDirectory, "instruction-bounds.json");

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static int Run(bool withPeers, bool update)
    {
        string[] subjects = [.. Subjects.Baselines, .. Subjects.Ours, .. withPeers ? Subjects.Theirs : []];
        var bounds = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(BoundsFile))!;
        var counted = Enumerable.Range(0, subjects.Length + 1).Select(_ => new List<long>()).ToArray();
        Dictionary<string, int> overBare;
        List<string> exceeded;
        var attempt = 0;
        do
        {
            CountAgain(subjects, counted);
            overBare = OverBare(subjects, counted);
            exceeded = Subjects.Ours.Where(subject => overBare[subject] > bounds[subject] * Tolerance).ToList();
        }
        while (++attempt < Attempts && (update || withPeers || exceeded.Count > 0));

        Console.WriteLine("| request | instructions over the bare pipeline | bound |");
        Console.WriteLine("|---|---:|---:|");
        foreach (var (subject, count) in overBare)
        {
            var bound = bounds.TryGetValue(subject, out var value)
                ? value.ToString("N0", CultureInfo.InvariantCulture)
                : "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {subject} | {count:N0} | {bound} |"));
        }

        if (withPeers)
            Keep(overBare);
        if (update)
        {
            File.WriteAllText(BoundsFile, JsonSerializer.Serialize(
                overBare.Where(pair => Subjects.Ours.Contains(pair.Key)).ToDictionary(), Indented) + "\n");
            return 0;
        }
        foreach (var subject in exceeded)
            Console.Error.WriteLine(
                $"'{subject}' takes {overBare[subject]} instructions; allowed: {bounds[subject]} and 3 % more. "
                + "If that is intended, run benchmarks/instructions --update and commit the file.");
        return exceeded.Count;
    }

    private static void Keep(Dictionary<string, int> overBare) => RowFile.Write("instructions",
    [
        ToRow(11, "admitted", "≤ 1/12 of UseRateLimiter", 1.0 / 12, overBare),
        ToRow(31, "passed", "none set", null, overBare),
        ToRow(41, "rejected", "none set; UseRateLimiter sends no body", null, overBare),
    ]);

    private static Row ToRow(int order, string subject, string target, double? most, Dictionary<string, int> overBare)
    {
        double ours = overBare[subject], theirs = overBare[subject + "-ratelimiter"];
        var floor = overBare.TryGetValue(subject + "-floor", out var least)
            ? $"; the floor {((double)least).Show("N0")}" : "";
        return new Row(order, $"instructions over the bare pipeline, {subject}",
            $"UseRateLimiter {theirs.Show("N0")}{floor}", ours.Show("N0"),
            $"{(ours / theirs).Show("N2")} × UseRateLimiter", target, most is null ? null : ours / theirs <= most);
    }

    /// <summary>
    /// Makes each run once. The first run makes few calls of every subject. Each further run makes many calls of one
    /// subject.
    /// </summary>
    private static void CountAgain(string[] subjects, List<long>[] counted)
    {
        string[] Calls(int many) =>
            [.. subjects.Select((subject, index) => $"{subject}={(index == many ? Many : Few)}")];
        Parallel.For(0, counted.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            run =>
            counted[run].Add(Cachegrind.CountAsync(Calls(run - 1)).GetAwaiter().GetResult()));
    }

    private static Dictionary<string, int> OverBare(string[] subjects, List<long>[] counted)
    {
        double Least(int run) => counted[run].Min();
        double CallsOf(int subject) => (Least(subject + 1) - Least(0)) / (Many - Few);
        double BaselineOf(string subject) => CallsOf(Array.IndexOf(Subjects.Baselines, Subjects.BaselineOf(subject)));
        return Enumerable.Range(Subjects.Baselines.Length, subjects.Length - Subjects.Baselines.Length)
            .ToDictionary(
                subject => subjects[subject],
                subject => (int)Math.Round(CallsOf(subject) - BaselineOf(subjects[subject])));
    }
}
