using System.Runtime.ExceptionServices;

namespace QueueAdmission.Doubles;

/// <summary>A thread that blocks until a result is available.</summary>
internal sealed class Blocked
{
    private readonly Thread _thread;
    private QueueLease _lease;
    private ExceptionDispatchInfo? _failure;

    private Blocked(Func<QueueLease> block)
    {
        _thread = new Thread(() =>
        {
            try
            {
                _lease = block();
            }
#pragma warning disable CA1031 // Join rethrows the exception.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        { IsBackground = true };
        _thread.Start();
        SpinWait.SpinUntil(() => (_thread.ThreadState & (ThreadState.WaitSleepJoin | ThreadState.Stopped)) != 0);
    }

    /// <summary>Starts the threads one after the other. Returns when each thread is blocked or has ended.</summary>
    public static Blocked[] On(params Func<QueueLease>[] blocks) => [.. blocks.Select(block => new Blocked(block))];

    /// <summary>Returns the result, or throws the exception that occurred instead.</summary>
    public QueueLease Join()
    {
        Assert.True(_thread.Join(TimeSpan.FromSeconds(30)), "Still blocked.");
        _failure?.Throw();
        return _lease;
    }
}
