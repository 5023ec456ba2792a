using System.Diagnostics;

namespace QueueAdmission.Simulation;

/// <summary>
/// Compares the engine with the reference, and checks its guarantees, in many random histories. A failure reports its
/// seed and the history. To repeat a failure, run only this seed.
/// </summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int Lanes = 2;

    private static readonly int Histories = Effort.Of(all: 20_000, some: 2_000);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Queue_InAnyHistory_DoesWhatTheReferenceDoes(bool fairLines, bool background) =>
        RunAll((seed, trace) => History.Run(seed, fairLines, background, trace), "differences");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Queue_OfUnequalJobs_KeepsItsPromisesInAnyHistory(bool background) =>
        RunAll((seed, trace) => TraitHistory.Run(seed, background, trace), "broken promises");

    private void RunAll(Func<int, Action<string>?, int> run, string what)
    {
        var clock = Stopwatch.StartNew();
        long jobs = 0;
        var failures = new List<string>();
        // Dedicated threads: the histories block on flows that the thread pool resumes.
        var lanes = Enumerable.Range(0, Lanes).Select(lane => new Thread(() =>
        {
            for (var seed = lane; seed < Histories && failures.Count == 0; seed += Lanes)
            {
                try
                {
                    Interlocked.Add(ref jobs, run(seed, null));
                }
                catch (Exception failure)
                {
                    lock (failures)
                        failures.Add(Describe(run, seed, failure));
                }
            }
        })).ToList();
        lanes.ForEach(lane => lane.Start());
        lanes.ForEach(lane => lane.Join());

        Assert.True(failures.Count == 0, string.Join('\n', failures));
        output.WriteLine($"{Histories:N0} histories, {jobs:N0} jobs, {clock.Elapsed.TotalSeconds:0.0} s, 0 {what}");
    }

    private static string Describe(Func<int, Action<string>?, int> run, int seed, Exception failure)
    {
        var trace = new List<string>();
        try
        {
            run(seed, trace.Add);
        }
        catch (Exception again)
        {
            failure = again;
        }
        var message = failure is HistoryException ? failure.Message : failure.ToString();
        return $"Seed {seed}: {message} After:\n  {string.Join("\n  ", trace)}";
    }
}
