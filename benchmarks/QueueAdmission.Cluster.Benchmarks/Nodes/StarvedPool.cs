namespace QueueAdmission.Cluster.Benchmarks.Nodes;

/// <summary>
/// Blocks every thread of the thread pool for a time, including threads that the pool adds meanwhile.
/// </summary>
internal static class StarvedPool
{
    public static void Begin(TimeSpan time)
    {
        var gate = new ManualResetEventSlim();
        for (var i = 0; i < ThreadPool.ThreadCount + 256; i++)
            ThreadPool.UnsafeQueueUserWorkItem(_ => gate.Wait(), null);
        new Thread(() =>
        {
            Thread.Sleep(time);
            gate.Set();
        })
        { IsBackground = true }.Start();
    }
}
