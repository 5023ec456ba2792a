using System.Runtime.ExceptionServices;

namespace QueueAdmission.Stores.Servers;

/// <summary>Occupies all threads of the pool while a piece of work runs on a thread of its own.</summary>
/// <remarks>Tests that use it run alone: others need the pool.</remarks>
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
        // As it was thrown, because it may skip the test.
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }
}
