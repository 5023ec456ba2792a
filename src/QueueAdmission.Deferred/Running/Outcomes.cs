using System.Runtime.InteropServices;

namespace QueueAdmission.Deferred;

/// <summary>Informs waiting connections how their jobs have ended. Thread-safe.</summary>
/// <remarks>
/// <para>The end of a job that runs on this node is reported by the thread that has written the end to the store. It is
/// never reported before it is durable. Otherwise a client could get its answer, and find the job running again after a
/// crash.</para>
/// <para>Other jobs are looked up in the store, one after the other. The rate of these look-ups is limited for the
/// whole node, however many connections wait. Without waiting connections there are no look-ups.</para>
/// <para><b>No end is missed.</b> A connection registers before its job is passed to the store, so the job can only end
/// afterwards. For a job that the store already had, the connection first registers and then looks the job up once. An
/// end before the look-up is found by the look-up, and a later end is reported.</para>
/// </remarks>
internal sealed class Outcomes : IDisposable
{
    /// <summary>The minimum time between two look-ups of a job.</summary>
    public static readonly TimeSpan LookUpInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>The maximum number of look-ups in that interval.</summary>
    public const int MaxLookUps = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, List<OutcomeWait>> _waits = [];
    private readonly LinkedList<OutcomeWait> _turns = new();
    private readonly JobStoreAccess _access;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private volatile int _count;
    private bool _isArmed;
    private bool _isStopped;

    public Outcomes(JobStoreAccess access, TimeProvider time)
    {
        (_access, _time) = (access, time);
        _timer = time.CreateTimer(
            static outcomes => ((Outcomes)outcomes!).LookUpSome(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>The number of waiting connections.</summary>
    public int Count => _count;

    /// <summary>Begins to wait for a job.</summary>
    /// <param name="id">The job.</param>
    /// <param name="time">The maximum time to wait.</param>
    /// <param name="slots">
    /// The slots of which the wait holds one. The wait returns the slot when it is disposed.
    /// </param>
    public OutcomeWait Wait(Guid id, TimeSpan time, RequestSlots slots)
    {
        var wait = new OutcomeWait(this, id, time, slots, _time);
        Add(wait);
        return wait;
    }

    public void Add(OutcomeWait wait)
    {
        lock (_gate)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_waits, wait.Id, out _) ??= []).Add(wait);
            wait.Turn = _turns.AddLast(wait);
            _count = _turns.Count;
            if (_isStopped)
            {
                wait.GiveUp();
            }
            ArmLocked();
        }
    }

    public void Remove(OutcomeWait wait)
    {
        lock (_gate)
        {
            if (wait.Turn is not { } turn)
            {
                return;
            }
            wait.Turn = null;
            _turns.Remove(turn);
            var waits = _waits[wait.Id];
            waits.Remove(wait);
            if (waits.Count == 0)
            {
                _waits.Remove(wait.Id);
            }
            _count = _turns.Count;
        }
    }

    /// <summary>Handles jobs that this node has claimed.</summary>
    public void OnClaimed(IReadOnlyList<ClaimedJob> jobs)
    {
        if (_count == 0)
        {
            return;
        }
        foreach (var job in jobs)
        {
            ForEach(job.Id, static (wait, _) => wait.RunsHere = true, 0);
        }
    }

    /// <summary>Handles ends of attempts that have been written to the store.</summary>
    /// <param name="ends">The ends.</param>
    /// <param name="counted">Whether each of the ends counted.</param>
    public void OnEnded(IReadOnlyList<JobEnd> ends, IReadOnlyList<bool> counted)
    {
        if (_count == 0)
        {
            return;
        }
        for (var i = 0; i < ends.Count; i++)
        {
            // An end that did not count came from a node that had lost the job. The job continues on another node.
            JobOutcome? outcome = !counted[i] ? null : ends[i].Kind switch
            {
                JobEndKind.Done => new JobOutcome(JobOutcomeKind.Done, ends[i].Id, ends[i].Result),
                JobEndKind.Dead => new JobOutcome(JobOutcomeKind.Dead),
                _ => null,
            };
            ForEach(ends[i].Id, End, outcome);
        }
    }

    /// <summary>Handles a job that its caller has cancelled.</summary>
    public void OnCancelled(Guid id) => ForEach<JobOutcome?>(id, End, new JobOutcome(JobOutcomeKind.Cancelled));

    /// <summary>Ends all waits, because the application stops.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            foreach (var wait in _turns)
            {
                wait.GiveUp();
            }
        }
    }

    /// <summary>Looks a job up in the store.</summary>
    /// <param name="wait">The wait. It ends if the job has ended.</param>
    /// <param name="id">The job.</param>
    /// <returns>False if the store cannot be read now.</returns>
    public bool LookUp(OutcomeWait wait, Guid id)
    {
        StoredJob? job;
        try
        {
            job = _access.Call("find", store => store.Find(id));
        }
#pragma warning disable CA1031 // A store may throw anything, and the outage has been reported. The wait continues.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
        if (job is not null && JobOutcome.Of(job) is { } outcome)
        {
            wait.TrySet(outcome);
        }
        return true;
    }

    public void Dispose()
    {
        Stop();
        _timer.Dispose();
    }

    private static void End(OutcomeWait wait, JobOutcome? outcome)
    {
        wait.RunsHere = false;
        if (outcome is { } known)
        {
            wait.TrySet(known);
        }
    }

    private void ForEach<T>(Guid id, Action<OutcomeWait, T> tell, T value)
    {
        lock (_gate)
        {
            if (_waits.TryGetValue(id, out var waits))
            {
                waits.ForEach(wait => tell(wait, value));
            }
        }
    }

    private void LookUpSome()
    {
        var lookUps = 0;
        for (var left = _count; left > 0 && lookUps < MaxLookUps; left--)
        {
            if (TakeTurn() is not var (wait, id))
            {
                continue;
            }
            lookUps++;
            if (!LookUp(wait, id))
            {
                // The store is unreachable. If only this job cannot be read, the next interval begins with another job.
                break;
            }
        }
        lock (_gate)
        {
            _isArmed = false;
            ArmLocked();
        }
    }

    /// <summary>Takes the wait whose turn was the longest ago.</summary>
    /// <returns>The wait and its job, or null if the job does not have to be looked up.</returns>
    private (OutcomeWait Wait, Guid Id)? TakeTurn()
    {
        lock (_gate)
        {
            if (_turns.First is not { } next)
            {
                return null;
            }
            _turns.RemoveFirst();
            _turns.AddLast(next);
            return next.Value is { RunsHere: false, HasEnded: false } ? (next.Value, next.Value.Id) : null;
        }
    }

    private void ArmLocked()
    {
        if (!_isArmed && !_isStopped && _turns.Count > 0)
        {
            _isArmed = true;
            _timer.Change(LookUpInterval, Timeout.InfiniteTimeSpan);
        }
    }
}
