using System.Collections.Concurrent;

namespace QueueAdmission.Deferred;

/// <summary>The callers that wait until no job is due or running.</summary>
internal sealed class IdleWaiters
{
    private readonly ConcurrentQueue<TaskCompletionSource> _waiters = new();

    public Task Add()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Enqueue(waiter);
        return waiter.Task;
    }

    /// <summary>Takes all callers that wait now. Their answer is determined after they have begun to wait.</summary>
    public List<TaskCompletionSource> Take()
    {
        var taken = new List<TaskCompletionSource>();
        while (_waiters.TryDequeue(out var waiter))
        {
            taken.Add(waiter);
        }
        return taken;
    }

    /// <summary>Completes the callers that were taken if no job is due or running. Otherwise they wait again.</summary>
    public void Answer(List<TaskCompletionSource> taken, bool isIdle)
    {
        foreach (var waiter in taken)
        {
            if (isIdle)
            {
                waiter.TrySetResult();
            }
            else
            {
                _waiters.Enqueue(waiter);
            }
        }
    }

    /// <summary>Fails all callers, because the application stops.</summary>
    public void Fail()
    {
        while (_waiters.TryDequeue(out var waiter))
        {
            waiter.TrySetException(new InvalidOperationException("The application is stopping."));
        }
    }
}
