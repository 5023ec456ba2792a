using System.Diagnostics;
using QueueAdmission.Cluster.Benchmarks.Nodes;
using QueueAdmission.Cluster.Benchmarks.Report;

namespace QueueAdmission.Cluster.Benchmarks.Scenarios;

/// <summary>Measures how fast the only worker of two nodes moves from one node to the other.</summary>
internal static class MovingSlot
{
    private static readonly TimeSpan Reach = TimeSpan.FromMilliseconds(20);

    public static void Run(Setup setup, string store, int moves)
    {
        var isRival = store == "RedisRateLimiting";
        using var crew = new Crew(setup, setup.Settings(store, workers: 1), nodes: 2);
        crew[0].Send(TimeSpan.FromMilliseconds(1));
        Until(crew[0], jobs: 1);
        var random = new Random(1);
        var (sent, busy, idle) = (new[] { 1, 0 }, new List<TimeSpan>(), new List<TimeSpan>());
        for (var i = 0; i < moves; i++)
        {
            // Node 0 holds the worker and runs a job, and node 1 waits. Then the job ends.
            Send(0, TimeSpan.FromMilliseconds(random.Next(60, 160)));
            Thread.Sleep(30);
            Send(1, TimeSpan.FromMilliseconds(1));
            Until(crew[1], sent[1]);
            busy.Add(crew[1].Jobs.Last().Start - crew[0].Jobs.Last().End);
            // Now node 1 is idle, and node 0 gets a job.
            Thread.Sleep(random.Next(110, 200));
            Send(0, TimeSpan.FromMilliseconds(1));
            Until(crew[0], sent[0]);
            idle.Add(crew[0].Jobs.Last().Start - crew[0].Jobs.Last().Arrival);
            Thread.Sleep(random.Next(20, 60));
        }
        Add("a slot moves to a hungry node, when a job ends", busy, isRival ? "926 ms" : "none");
        Add("a slot moves to a hungry node, from an idle one", idle, "none");

        void Send(int node, TimeSpan work)
        {
            sent[node]++;
            crew[node].Send(work);
        }

        void Add(string what, List<TimeSpan> times, string prototype)
        {
            times.Sort();
            var median = times[times.Count / 2];
            setup.Add(new ReportRow(
                what, isRival ? "RedisRateLimiting 1.2.1 on redis" : store, prototype,
                isRival ? "a rival" : "≤ 20 ms median",
                $"median {Setup.Milliseconds(median)}, longest {Setup.Milliseconds(times[^1])} of {times.Count}; "
                    + $"most {crew.Sweep.MaxRunning()} of 1",
                isRival ? null : median <= Reach && crew.Sweep.MaxRunning() <= 1));
        }
    }

    private static void Until(Node node, int jobs)
    {
        var since = Stopwatch.GetTimestamp();
        while (node.Jobs.Count(job => job.End < TimeSpan.MaxValue) < jobs)
        {
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(15))
                throw new TimeoutException("a job was not served within 15 s");
            Thread.Sleep(2);
        }
    }
}
