using System.Runtime.ExceptionServices;

namespace QueueAdmission.Stores.Servers;

/// <summary>Blocks all threads of the thread pool while an action runs on a separate thread.</summary>
/// <remarks>Tests that use this class do not run in parallel with other tests, which need the pool.</remarks>
internal static class StarvedPool
{
    public const string Collection = "Starved pool";

    public static void Run(Action work)
    {
        using var gate = new ManualResetEventSlim();
        using var blocked = new CountdownEvent(1);
        var blockers = Math.Max(ThreadPool.ThreadCount, Environment.ProcessorCount) + 256;
        for (var i = 0; i < blockers; i++)
        {
            blocked.AddCount();
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    gate.Wait();
                    blocked.Signal();
                },
                null);
        }
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        gate.Set();
        blocked.Signal();
        blocked.Wait();
        // The exception is rethrown unchanged, because it may be one that skips the test.
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }
}
