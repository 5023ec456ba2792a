namespace QueueAdmission;

/// <summary>
/// The continuation of a caller, and the synchronization context or task scheduler that it has to run on.
/// </summary>
/// <remarks>
/// A server has neither, so no waiter keeps room for them. Both are foreign code, which may run the continuation and
/// still throw, or run it twice. The continuation is taken out when it runs, so that it runs once.
/// </remarks>
internal sealed class CapturedContext
{
    private readonly object _scheduler;
    private readonly object? _state;
    private Action<object?>? _continuation;

    private CapturedContext(object scheduler, Action<object?> continuation, object? state) =>
        (_scheduler, _continuation, _state) = (scheduler, continuation, state);

    /// <returns>Null where the caller goes on on the thread pool, as usual.</returns>
    public static CapturedContext? Capture(Action<object?> continuation, object? state)
    {
        if (SynchronizationContext.Current is { } context && context.GetType() != typeof(SynchronizationContext))
            return new CapturedContext(context, continuation, state);
        return TaskScheduler.Current is { } scheduler && scheduler != TaskScheduler.Default
            ? new CapturedContext(scheduler, continuation, state)
            : null;
    }

    /// <summary>
    /// The continuation and the execution context, for awaiters that ask the source to carry it. The compiler's own
    /// awaiters do not ask, so they cost no allocation.
    /// </summary>
    public static (Action<object?> Continuation, object? State) WithExecutionContext(
        ExecutionContext context, Action<object?> continuation, object? state) =>
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
            {
                _ = Task.Factory.StartNew(
                    static captured => ((CapturedContext)captured!).GoOn(),
                    this,
                    CancellationToken.None,
                    TaskCreationOptions.DenyChildAttach,
                    (TaskScheduler)_scheduler);
            }
        }
        // A context that was closed meanwhile may throw anything. That must not reach the flow that ended the wait, nor
        // the waiters after this one.
#pragma warning disable CA1031
        catch (Exception)
#pragma warning restore CA1031
        {
            // The caller must go on, if elsewhere, because it may hold a worker.
            ThreadPool.UnsafeQueueUserWorkItem(static captured => captured.GoOn(), this, preferLocal: true);
        }
    }

    private void GoOn() => Interlocked.Exchange(ref _continuation, null)?.Invoke(_state);
}
