namespace QueueAdmission;

/// <summary>
/// The callers that wait until a worker is free, but do not take it. They have asked a rate limiter for 0 permits.
/// </summary>
/// <remarks>
/// All limiters of a queue share one instance, because their callers form one line. The list is guarded by the queue's
/// lock.
/// </remarks>
internal sealed class FreeWorkerProbes(AdmissionEngine engine) : IFreeWorkerObserver
{
    private readonly LinkedList<Probe> _probes = [];

    public bool IsWaiting => _probes.Count > 0;

    /// <summary>
    /// Waits until a worker is free and all earlier jobs have been served. It does not take the worker.
    /// </summary>
    /// <returns>True if a worker is free; false if the queue no longer accepts newcomers.</returns>
    public async Task<bool> AwaitFreeWorkerAsync(CancellationToken cancellationToken)
    {
        var probe = new Probe();
        engine.Control.Observe(this, now => Add(probe, now));
        using var leaving = cancellationToken.UnsafeRegister(
            static state => ((Probe)state!).Answer.TrySetCanceled(), probe);
        try
        {
            return await probe.Answer.Task.ConfigureAwait(false);
        }
        finally
        {
            engine.Control.Observe(this, _ => Remove(probe));
        }
    }

    public void OnSettle(in FreeWorkerNews news)
    {
        while (_probes.First is { } first)
        {
            var isFree = news.State.AcceptsNewcomers() && news.IsFree && news.OldestArrival > first.Value.Since;
            if (!isFree && news.State.AcceptsNewcomers() && !news.State.IsStopping())
                return;
            _probes.RemoveFirst();
            // Continuations run asynchronously, so no foreign code runs under the lock.
            first.Value.Answer.TrySetResult(isFree);
        }
    }

    private bool Add(Probe probe, long now)
    {
        probe.Since = now;
        _probes.AddLast(probe.Place);
        return true;
    }

    private bool Remove(Probe probe)
    {
        if (probe.Place.List is null)
            return false;
        _probes.Remove(probe.Place);
        return true;
    }

    private sealed class Probe
    {
        public Probe() => Place = new LinkedListNode<Probe>(this);

        public LinkedListNode<Probe> Place { get; }

        public TaskCompletionSource<bool> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Since { get; set; }
    }
}
