using System.Collections.Concurrent;

namespace QueueAdmission.Deferred;

/// <summary>Those that wait until no job is due or runs.</summary>
internal sealed class IdleWaiters
{
    private readonly ConcurrentQueue<TaskCompletionSource> _waiters = new();

    public Task Add()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Enqueue(waiter);
        return waiter.Task;
    }

    /// <summary>Takes all that wait now. What they are told holds for a time after they came.</summary>
    public List<TaskCompletionSource> Take()
    {
        var taken = new List<TaskCompletionSource>();
        while (_waiters.TryDequeue(out var waiter))
        {
            taken.Add(waiter);
        }
        return taken;
    }

    /// <summary>Lets those that were taken go on, or wait again.</summary>
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

    /// <summary>Nothing will be idle any more, because the application stops.</summary>
    public void Fail()
    {
        while (_waiters.TryDequeue(out var waiter))
        {
            waiter.TrySetException(new InvalidOperationException("The application stops."));
        }
    }
}
