namespace QueueAdmission;

// Callers who want to know when a worker is free and do not take it: no jobs, no arrivals, in no line.
public sealed partial class JobQueue
{
    private readonly LinkedList<Probe> _probes = [];

    /// <summary>Waits until a worker is free and everybody who came before has been served, and leaves the worker alone.</summary>
    /// <returns>True then; false if the queue takes no newcomers any more.</returns>
    internal async Task<bool> AwaitFreeWorkerAsync(CancellationToken cancellationToken)
    {
        var probe = new Probe();
        WakeList wake;
        lock (_lock)
        {
            probe.Since = _time.GetTimestamp();
            _probes.AddLast(probe.Place);
            // The mark sends whoever gives a worker back to the lock.
            HoldLocked();
            wake = SettleLocked();
        }
        wake.Complete();
        using var leaving = cancellationToken.UnsafeRegister(static state => ((Probe)state!).Answer.TrySetCanceled(), probe);
        try
        {
            return await probe.Answer.Task.ConfigureAwait(false);
        }
        finally
        {
            Forget(probe);
        }
    }

    private void Forget(Probe probe)
    {
        WakeList wake;
        lock (_lock)
        {
            if (probe.Place.List is null)
                return;
            _probes.Remove(probe.Place);
            wake = SettleLocked();
        }
        wake.Complete();
    }

    /// <summary>Before a free worker is handed on: those learn of it who came before whoever would get it.</summary>
    private void AnswerProbesLocked()
    {
        while (_probes.First is { } first)
        {
            var isFree = AcceptsNewcomers && MayAnswerLocked(first.Value);
            if (!isFree && AcceptsNewcomers && !_refusesCallers)
                return;
            _probes.RemoveFirst();
            // Continuations run elsewhere, so no foreign code gets under the lock.
            first.Value.Answer.TrySetResult(isFree);
        }
    }

    private bool MayAnswerLocked(Probe probe) =>
        !_paused && _slots.Free > 0 && (_arrivals.Oldest is not { } oldest || oldest.Time > probe.Since);

    private sealed class Probe
    {
        public Probe() => Place = new LinkedListNode<Probe>(this);

        public LinkedListNode<Probe> Place { get; }

        public TaskCompletionSource<bool> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Since { get; set; }
    }
}
