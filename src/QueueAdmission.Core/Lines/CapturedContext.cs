namespace QueueAdmission;

/// <summary>Where a caller goes on that awaits under a synchronization context or a task scheduler of its own, and with what. A server has neither, so no waiter keeps room for them.</summary>
internal sealed class CapturedContext
{
    private readonly object _scheduler;
    private readonly Action<object?> _continuation;
    private readonly object? _state;

    private CapturedContext(object scheduler, Action<object?> continuation, object? state) => (_scheduler, _continuation, _state) = (scheduler, continuation, state);

    /// <returns>Null where the caller goes on on the thread pool like everybody.</returns>
    public static CapturedContext? Capture(Action<object?> continuation, object? state)
    {
        if (SynchronizationContext.Current is { } context && context.GetType() != typeof(SynchronizationContext))
            return new CapturedContext(context, continuation, state);
        return TaskScheduler.Current is { } scheduler && scheduler != TaskScheduler.Default ? new CapturedContext(scheduler, continuation, state) : null;
    }

    /// <summary>For awaiters that ask the source to carry the execution context; the compiler's own do not, so this allocates only for them.</summary>
    public static (Action<object?> Continuation, object? State) WithExecutionContext(ExecutionContext context, Action<object?> continuation, object? state) =>
        (static flowed =>
        {
            var (context, continuation, state) = ((ExecutionContext, Action<object?>, object?))flowed!;
            ExecutionContext.Run(context, new ContextCallback(continuation), state);
        }, (context, continuation, state));

    public void Resume()
    {
        try
        {
            if (_scheduler is SynchronizationContext context)
                context.Post(new SendOrPostCallback(_continuation), _state);
            else
                _ = Task.Factory.StartNew(_continuation, _state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, (TaskScheduler)_scheduler);
        }
#pragma warning disable CA1031 // Whatever a context that was closed meanwhile throws, it must hit neither whoever ended the wait nor the waiters after this one.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The caller goes on elsewhere rather than never: it may hold a worker.
            ThreadPool.UnsafeQueueUserWorkItem(_continuation, _state, preferLocal: true);
        }
    }
}
