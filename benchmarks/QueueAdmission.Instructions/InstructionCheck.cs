using System.Globalization;
using System.Text.Json;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.Instructions;

/// <summary>Instructions for one request over the bare pipeline, against the committed bounds.</summary>
/// <remarks>
/// A process that starts .NET runs billions of instructions before the first request. So each subject's number is the difference of two runs that are the same but for how often they call
/// it, divided by that difference: what is left is the request's own, and repeats to a fraction of a percent on any neighbour's bad day.
/// </remarks>
internal static class InstructionCheck
{
    private const int Few = 200;
    private const int Many = 20_200;
    private const double Tolerance = 1.03;

    private static readonly string BoundsFile = Path.Combine(RowFile.BenchmarksDirectory, "instruction-bounds.json");

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static int Run(bool withPeers, bool update)
    {
        string[] subjects = [Subjects.Bare, .. Subjects.Ours, .. withPeers ? Subjects.Theirs : []];
        var counts = Count(subjects);
        var overBare = subjects.Skip(1).ToDictionary(subject => subject, subject => (int)Math.Round(counts[subject] - counts[Subjects.Bare]));
        var bounds = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(BoundsFile))!;

        Console.WriteLine("| request | instructions over the bare pipeline | bound |");
        Console.WriteLine("|---|---:|---:|");
        foreach (var (subject, count) in overBare)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {subject} | {count:N0} | {(bounds.TryGetValue(subject, out var bound) ? bound.ToString("N0", CultureInfo.InvariantCulture) : "")} |"));

        if (withPeers)
            Keep(overBare);
        if (update)
        {
            File.WriteAllText(BoundsFile, JsonSerializer.Serialize(overBare.Where(pair => Subjects.Ours.Contains(pair.Key)).ToDictionary(), Indented) + "\n");
            return 0;
        }
        var exceeded = Subjects.Ours.Where(subject => overBare[subject] > bounds[subject] * Tolerance).ToList();
        foreach (var subject in exceeded)
            Console.Error.WriteLine($"'{subject}' takes {overBare[subject]} instructions; allowed: {bounds[subject]} and 3 % more. If that is intended, run benchmarks/instructions --update and commit the file.");
        return exceeded.Count;
    }

    private static void Keep(Dictionary<string, int> overBare) => RowFile.Write("instructions",
    [
        ToRow(11, "admitted", "≤ 1/12 of UseRateLimiter", 1.0 / 12, overBare),
        ToRow(31, "passed", "fewer than UseRateLimiter", 1, overBare),
        ToRow(41, "rejected", "none set; UseRateLimiter sends no body", double.MaxValue, overBare),
    ]);

    private static Row ToRow(int order, string subject, string target, double most, Dictionary<string, int> overBare)
    {
        double ours = overBare[subject], theirs = overBare[subject + "-ratelimiter"];
        var floor = overBare.TryGetValue(subject + "-floor", out var least) ? $"; the floor {((double)least).Show("N0")}" : "";
        return new Row(order, $"instructions over the bare pipeline, {subject}", $"UseRateLimiter {theirs.Show("N0")}{floor}", ours.Show("N0"), $"{(ours / theirs).Show("N2")} × UseRateLimiter", target, ours / theirs <= most);
    }

    private static Dictionary<string, double> Count(string[] subjects)
    {
        string[] Calls(string? many) => [.. subjects.Select(subject => $"{subject}={(subject == many ? Many : Few)}")];
        var runs = new string?[] { null }.Concat(subjects).ToArray();
        var counted = new long[runs.Length];
        Parallel.For(0, runs.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, run =>
            counted[run] = Cachegrind.CountAsync(Calls(runs[run])).GetAwaiter().GetResult());
        return subjects.Index().ToDictionary(pair => pair.Item, pair => (double)(counted[pair.Index + 1] - counted[0]) / (Many - Few));
    }
}
