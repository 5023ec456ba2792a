namespace QueueAdmission;

/// <summary>
/// Changes the state of a queue and the caps on its workers. Each change is one locked section of the engine.
/// </summary>
internal sealed class EngineControl(
    AdmissionEngine engine,
    QueueConditions conditions,
    WorkerLimit limit,
    LimitGate gate,
    AdaptiveControl adaptive,
    FreeWorkerWatch freeWorkers,
    RejectionBook rejections)
{
    private TaskCompletionSource? _drained;

    /// <summary>Sets a cap on the workers, or removes the cap if <paramref name="workers"/> is null.</summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void SetCap(string name, int? workers, WorkerCapEnd? end = null) => engine.Change(() =>
    {
        ThrowIfDisposed();
        limit.Set(name, workers, end);
        return true;
    });

    /// <summary>
    /// Sets an operator's number of workers, which overrides the number in the settings. Null ends the override.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void SetOverride(int? workers) => engine.Change(() =>
    {
        ThrowIfDisposed();
        limit.SetOverride(workers);
        adaptive.UpdateActive();
        return true;
    });

    /// <summary>
    /// Registers the observer of the queue, and runs a change of the observer's state under the lock. While the
    /// observer waits, the queue notifies it of free workers.
    /// </summary>
    /// <param name="observer">The observer of this queue. A queue has one observer.</param>
    /// <param name="change">
    /// Runs under the lock, and receives a timestamp. Returns false if it has changed nothing.
    /// </param>
    public void Observe(IFreeWorkerObserver observer, Func<long, bool> change) => engine.Change(() =>
    {
        freeWorkers.Observer = observer;
        return change(engine.Clock.GetTimestamp());
    });

    /// <summary>
    /// Requests one callback on the thread pool when the next job is refused: see
    /// <see cref="RejectionBook.TryAwaitNext"/>.
    /// </summary>
    public bool TryAwaitRefusal(Action<RejectionReason> callback, long known)
    {
        var isAwaited = false;
        engine.Change(() =>
        {
            isAwaited = rejections.TryAwaitNext(callback, known);
            // The state of the queue has not changed.
            return false;
        });
        return isAwaited;
    }

    /// <summary>See <see cref="LimitGate.TakeDealt"/>.</summary>
    public DealtWaiters? TakeDealt()
    {
        DealtWaiters? dealt = null;
        engine.Change(() =>
        {
            dealt = gate.TakeDealt();
            // The state of the queue has not changed.
            return false;
        });
        return dealt;
    }

    /// <summary>Returns the number of refusals for one reason. May be called without the lock.</summary>
    public long CountRejected(RejectionReason reason) => rejections.ByReason[reason];

    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Pause() => engine.Change(() =>
    {
        ThrowIfDisposed();
        conditions.Enter(conditions.State.Paused());
        return true;
    });

    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Resume()
    {
        TaskCompletionSource? undone = null;
        engine.Change(() =>
        {
            ThrowIfDisposed();
            conditions.Enter(conditions.State.Resumed());
            undone = TakeDrainedLocked();
            return true;
        });
        undone?.TrySetCanceled();
    }

    /// <summary>Pauses or resumes the queue, unless it is draining, stopping or disposed.</summary>
    /// <returns>False if the queue is draining, stopping or disposed.</returns>
    public bool TrySetPaused(bool paused) => engine.Change(() =>
    {
        if (!conditions.State.CanBePaused())
            return false;
        conditions.Enter(paused ? conditions.State.Paused() : conditions.State.Resumed());
        return true;
    });

    /// <summary>Drains the queue: newcomers are refused, and the other jobs finish.</summary>
    /// <param name="rejectWaiting">Whether waiting jobs are refused as well.</param>
    /// <returns>A task that completes when the last job has ended, or is cancelled by <see cref="Resume"/>.</returns>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public Task Drain(bool rejectWaiting)
    {
        Task? drained = null;
        engine.Change(
            () =>
            {
                ThrowIfDisposed();
                conditions.Enter(conditions.State.Drained());
                drained =
                    (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                return true;
            },
            rejectWaiting ? RefusedWaiters.All : RefusedWaiters.None);
        return drained!;
    }

    /// <summary>
    /// Called when the application stops. Refuses the callers that wait in their own asynchronous flow. Later callers
    /// that would have to wait are refused too.
    /// </summary>
    /// <remarks>
    /// <para>At shutdown, a server waits for all of its open requests. A request that waits in the queue would delay
    /// the shutdown. The queue cannot know which of its callers run inside a request, so all waiting callers are
    /// refused. Pushed jobs do not delay the server. They keep their places, and more may be pushed until the queue is
    /// drained or disposed.</para>
    /// <para>From then on, the middleware's requests are refused even if a worker is free. Other callers still get a
    /// worker if one is free. This state is final.</para>
    /// </remarks>
    public void RefuseCallers() => engine.Change(
        () =>
        {
            if (conditions.State.IsDisposed() || conditions.State.IsStopping())
                return false;
            conditions.Enter(conditions.State.Stopped());
            return true;
        },
        RefusedWaiters.Callers);

    /// <summary>Closes the queue, because it is being disposed.</summary>
    /// <returns>False if the queue was already closed.</returns>
    public bool Close() => engine.Change(
        () =>
        {
            if (conditions.State.IsDisposed())
                return false;
            conditions.Enter(conditions.State.Closed());
            return true;
        },
        RefusedWaiters.All);

    /// <summary>
    /// Takes the completion source of the current drain, because the drain is complete or undone. Null if the queue is
    /// not draining. Called under the lock.
    /// </summary>
    public TaskCompletionSource? TakeDrainedLocked()
    {
        var drained = _drained;
        _drained = null;
        return drained;
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(conditions.State.IsDisposed(), typeof(JobQueue));
}
