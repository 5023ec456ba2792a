namespace QueueAdmission;

/// <summary>
/// The continuation of a caller, and the synchronization context or task scheduler on which it has to run.
/// </summary>
/// <remarks>
/// An ASP.NET Core server has neither of them, so a waiter has no fields for them. Both are foreign code, which may run
/// the continuation and then throw, or run it twice. The continuation is removed when it runs, so that it runs only
/// once.
/// </remarks>
internal sealed class CapturedContext
{
    private readonly object _scheduler;
    private readonly object? _state;
    private Action<object?>? _continuation;

    private CapturedContext(object scheduler, Action<object?> continuation, object? state) =>
        (_scheduler, _continuation, _state) = (scheduler, continuation, state);

    /// <returns>
    /// The captured context. Null if the caller continues on the thread pool, which is the usual case.
    /// </returns>
    public static CapturedContext? Capture(Action<object?> continuation, object? state)
    {
        if (SynchronizationContext.Current is { } context && context.GetType() != typeof(SynchronizationContext))
            return new CapturedContext(context, continuation, state);
        return TaskScheduler.Current is { } scheduler && scheduler != TaskScheduler.Default
            ? new CapturedContext(scheduler, continuation, state)
            : null;
    }

    /// <summary>
    /// Returns a continuation that runs in the given execution context. Needed only for awaiters that request the flow
    /// of the execution context. The compiler's awaiters do not request it, so they cause no allocation.
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
        // The exception must not reach the flow that ended the wait, because that flow still has to wake the waiters
        // after this one.
#pragma warning disable CA1031 // A context that has been closed may throw any exception.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The caller must continue, even if not on its context, because it may hold a worker.
            ThreadPool.UnsafeQueueUserWorkItem(static captured => captured.GoOn(), this, preferLocal: true);
        }
    }

    private void GoOn() => Interlocked.Exchange(ref _continuation, null)?.Invoke(_state);
}
