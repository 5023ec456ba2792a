using System.Collections.Concurrent;

namespace QueueAdmission.Cluster.Simulation;

/// <summary>Tests the production algorithm in simulated time, with the faults that occur in clusters.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    /// <summary>Logs every event of one run. The environment variable CLUSTER_SEED selects the seed.</summary>
    [Fact]
    public void Run_OfOneSeed_IsTold()
    {
        Assert.SkipUnless(
            int.TryParse(Environment.GetEnvironmentVariable("CLUSTER_SEED"), out var seed),
            "For examining a seed: set CLUSTER_SEED.");
        var log = new List<string>();
        var cluster = SeededRun.Run(seed, isLarge: seed % 250 == 0, log: log);
        log.ForEach(output.WriteLine);
        Assert.Null(cluster.Broken);
    }

    /// <summary>
    /// Runs 300 seeds, one of them with 50 nodes. The environment variable CLUSTER_RUNS sets another number.
    /// </summary>
    [Fact]
    public void Cluster_WhateverGoesWrong_StaysWithinItsLimit()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("CLUSTER_RUNS"), out var runs) ? runs : 300;
        var broken = new ConcurrentBag<string>();
        long steps = 0, calls = 0;
        var oneEachCore = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(1, count + 1, oneEachCore, seed =>
        {
            var cluster = SeededRun.Run(seed, isLarge: seed % 250 == 0);
            Interlocked.Add(ref steps, cluster.World.Steps);
            Interlocked.Add(ref calls, cluster.Store.Reads + cluster.Store.Writes);
            if (cluster.Broken is { } what)
                broken.Add($"Seed {seed}: {what}");
        });
        output.WriteLine($"{count:N0} runs of 60 s, {steps:N0} steps, {calls:N0} store calls, {broken.Count} broken");
        Assert.True(broken.IsEmpty, string.Join(Environment.NewLine, broken.Order().Take(20)));
    }
}
