using QueueAdmission.Cluster.Benchmarks.Figures;

namespace QueueAdmission.Cluster.Benchmarks.Nodes;

/// <summary>Sends jobs at random moments (Poisson), whether or not earlier jobs were served.</summary>
internal sealed class NodeLoad(IGate gate, JobLog log)
{
    private volatile int _run;

    /// <summary>Begins to send jobs, from a thread of its own. An earlier load ends.</summary>
    /// <param name="perSecond">The mean rate.</param>
    /// <param name="work">The mean time of a job. A job takes between 0.5 and 1.5 of it.</param>
    /// <param name="seed">The seed of the draw.</param>
    public void Begin(double perSecond, TimeSpan work, int seed)
    {
        var run = ++_run;
        var random = new Random(seed);
        new Thread(() =>
        {
            var due = Clock.Now;
            while (run == _run)
            {
                due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond);
                while (due - Clock.Now is var left && left > TimeSpan.Zero && run == _run)
                    Thread.Sleep(left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left);
                Send(due, work * (0.5 + random.NextDouble()));
            }
        })
        { IsBackground = true }.Start();
    }

    /// <summary>Sends one job.</summary>
    /// <param name="due">When the job was due to be sent.</param>
    /// <param name="work">How long it works.</param>
    public void Send(TimeSpan due, TimeSpan work) => _ = RunAsync(log.Add(due), work);

    private async Task RunAsync(int job, TimeSpan work)
    {
        using (await gate.EnterAsync())
        {
            log.Start(job);
            await Task.Delay(work);
            log.End(job);
        }
    }
}
