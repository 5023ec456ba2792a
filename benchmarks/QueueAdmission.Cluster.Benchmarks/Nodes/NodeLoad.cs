using QueueAdmission.Cluster.Benchmarks.Figures;

namespace QueueAdmission.Cluster.Benchmarks.Nodes;

/// <summary>Sends jobs at random times (Poisson), whether or not earlier jobs have been served.</summary>
internal sealed class NodeLoad(IGate gate, JobLog log)
{
    private volatile int _run;

    /// <summary>Starts to send jobs from a separate thread. An earlier load ends.</summary>
    /// <param name="perSecond">The mean number of jobs per second.</param>
    /// <param name="work">The mean duration of a job. Each job takes between 0.5 and 1.5 times this duration.</param>
    /// <param name="seed">The seed of the random numbers.</param>
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
    /// <param name="due">The time at which the job was due to be sent.</param>
    /// <param name="work">The duration of the job.</param>
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
