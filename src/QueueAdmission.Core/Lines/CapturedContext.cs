namespace QueueAdmission;

/// <summary>
/// Where and how a caller goes on that awaits under a synchronization context or a task scheduler of its own.
/// </summary>
/// <remarks>
/// A server has neither, so no waiter keeps room for them. Both are foreign code. One may run the continuation and
/// throw nevertheless, or run it twice: the continuation is taken out when it runs, so that it runs once.
/// </remarks>
internal sealed class CapturedContext
{
    private readonly object _scheduler;
    private readonly object? _state;
    private Action<object?>? _continuation;

    private CapturedContext(object scheduler, Action<object?> continuation, object? state) => (_scheduler, _continuation, _state) = (scheduler, continuation, state);

    /// <returns>Null where the caller goes on on the thread pool, as usual.</returns>
    public static CapturedContext? Capture(Action<object?> continuation, object? state)
    {
        if (SynchronizationContext.Current is { } context && context.GetType() != typeof(SynchronizationContext))
            return new CapturedContext(context, continuation, state);
        return TaskScheduler.Current is { } scheduler && scheduler != TaskScheduler.Default ? new CapturedContext(scheduler, continuation, state) : null;
    }

    /// <summary>
    /// For awaiters that ask the source to carry the execution context; the compiler's own do not, so this allocates
    /// only for them.
    /// </summary>
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
                context.Post(static captured => ((CapturedContext)captured!).GoOn(), this);
            else
                _ = Task.Factory.StartNew(static captured => ((CapturedContext)captured!).GoOn(), this, CancellationToken.None, TaskCreationOptions.DenyChildAttach, (TaskScheduler)_scheduler);
        }
#pragma warning disable CA1031 // A context that was closed meanwhile throws what it likes. That must not reach the flow that ended the wait, nor the waiters after this one.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The caller goes on elsewhere rather than never: it may hold a worker.
            ThreadPool.UnsafeQueueUserWorkItem(static captured => captured.GoOn(), this, preferLocal: true);
        }
    }

    private void GoOn() => Interlocked.Exchange(ref _continuation, null)?.Invoke(_state);
}
