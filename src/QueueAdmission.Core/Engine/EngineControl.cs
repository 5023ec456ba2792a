namespace QueueAdmission;

/// <summary>
/// Changes of a queue from outside: its state, and the caps on its workers. Each change is one locked step of the
/// engine.
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

    /// <summary>Sets a cap on the workers, or takes it away.</summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void SetCap(string name, int? workers, WorkerCapEnd? end = null) => engine.Change(() =>
    {
        ThrowIfDisposed();
        limit.Set(name, workers, end);
        return true;
    });

    /// <summary>Sets an operator's number of workers, which replaces that of the settings, or ends it.</summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void SetOverride(int? workers) => engine.Change(() =>
    {
        ThrowIfDisposed();
        limit.SetOverride(workers);
        adaptive.UpdateActive();
        return true;
    });

    /// <summary>Changes what an observer waits for. From then on the queue tells it of free workers.</summary>
    /// <param name="observer">The observer of this queue. There is one.</param>
    /// <param name="change">Gets the time. Runs under the lock. False if it has changed nothing.</param>
    public void Observe(IFreeWorkerObserver observer, Func<long, bool> change) => engine.Change(() =>
    {
        freeWorkers.Observer = observer;
        return change(engine.Clock.GetTimestamp());
    });

    /// <summary>
    /// Asks for one call on the thread pool when the next job is refused: see <see cref="RejectionBook.TryAwaitNext"/>.
    /// </summary>
    public bool TryAwaitRefusal(Action<RejectionReason> callback, long known)
    {
        var isAwaited = false;
        engine.Change(() =>
        {
            isAwaited = rejections.TryAwaitNext(callback, known);
            // The queue itself stays as it is.
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
            // The queue itself stays as it is.
            return false;
        });
        return dealt;
    }

    /// <summary>The refusals for one reason. It may be read without the lock.</summary>
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

    /// <summary>
    /// Pauses or resumes the queue. A queue that drains, stops or was disposed is not changed.
    /// </summary>
    /// <returns>False if it was not changed.</returns>
    public bool TrySetPaused(bool paused) => engine.Change(() =>
    {
        if (!conditions.State.CanBePaused())
            return false;
        conditions.Enter(paused ? conditions.State.Paused() : conditions.State.Resumed());
        return true;
    });

    /// <returns>Completes when the last job has ended, or is cancelled by <see cref="Resume"/>.</returns>
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
    /// Called when the application stops. Callers that wait in their own flow are refused, and so are later callers
    /// that would have to wait.
    /// </summary>
    /// <remarks>
    /// A server waits for every request it has, waiting ones included, so a request that waits here holds up the whole
    /// stop. The queue cannot know which callers are requests, so all count as such. Pushed jobs hold up nothing: they
    /// keep their places, and more may be pushed, until the queue is drained or disposed. A caller that finds a free
    /// worker gets it. Nothing takes this back.
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

    /// <summary>The queue is disposed.</summary>
    /// <returns>False if it was disposed before.</returns>
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
    /// Takes the completion of the present drain, if there is one, because the drain is done or undone. Called under
    /// the lock.
    /// </summary>
    public TaskCompletionSource? TakeDrainedLocked()
    {
        var drained = _drained;
        _drained = null;
        return drained;
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(conditions.State.IsDisposed(), typeof(JobQueue));
}
