using System.Diagnostics;
using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// The discipline that takes the traits of jobs into account. It chooses a priority class, then one of its lines, and
/// then a waiter of the line whose key may have more workers. That is the oldest waiter, or the newest in a standing
/// queue. If the waiter needs more workers than are free, workers are reserved for it.
/// </summary>
/// <remarks>
/// <see cref="PartitionPlaces"/> manages the places, <see cref="ClassTurns"/> the turns, <see cref="KeyBook"/> the
/// accounts of the keys, and <see cref="KeyLimits"/> the limit on the workers of a key. <see cref="Displacer"/> decides
/// which waiter loses its place in a full queue.
/// </remarks>
internal sealed class FairLines : Discipline
{
    private readonly IWaiterOwner _owner;
    private readonly ulong _salt;
    private readonly KeyBook _book = new();
    private readonly AdoptedWaiters _adopted = new();
    private readonly ClassTurns _turns;
    private readonly KeyLimits _keys;
    private PartitionPlaces _places;
    private Displacer _displacer;
    private LineSettings _settings;
    private long _order;
    private long _steps;
    private long _extraWorkers;

    // The waiter that is next to start. If it needs several workers, it stays next until they are free, or until it
    // leaves.
    private Waiter? _selected;

    public FairLines(IWaiterOwner owner, in LineSettings settings, ulong salt)
    {
        _owner = owner;
        _salt = salt;
        _settings = settings;
        _turns = new ClassTurns(_book);
        _keys = new KeyLimits(_book, _turns);
        KeepsRecords = true;
        _book.UseShares(settings.Options.KeyShares);
        MakeLines();
    }

    public override long ExtraWorkersWanted => _extraWorkers;

    public override bool HasReadyWaiter => !_turns.IsIdle;

    /// <summary>
    /// The number of waiters examined and accounts moved so far. Tests count these steps instead of measuring time.
    /// </summary>
    public long Steps => _steps + _turns.Steps;

    /// <summary>The number of keys that have an account.</summary>
    public int Accounts => _book.Count;

    protected override bool JudgesLines => _settings.Options.PartitionByKey;

    /// <summary>
    /// Whether the settings put the newest job first. In a standing queue, the lines serve the newest job first
    /// regardless of the settings.
    /// </summary>
    private bool IsNewestFirst => _settings.Options.Order == QueueProcessingOrder.NewestFirst;

    /// <summary>Whether the lines keep accounts of keys.</summary>
    private bool HasAccounts => _places.AreByKey || _keys.AreOn;

    /// <summary>Returns whether the settings need fair lines.</summary>
    public static bool AreNeededFor(JobQueueOptions settings) =>
        settings.PartitionByKey || settings.MaxWorkersPerKey is not null;

    public override RejectionReason? RefusalOf(JobRecord? job, bool mayWait)
    {
        Debug.Assert(job is not null);
        if (mayWait && (_places.HasRoomFor(job) || _displacer.FindClass(job, _settings.Options) >= 0))
            return null;
        if (_keys.IsBeyondLimit(job))
            return RejectionReason.KeyLimit;
        return mayWait && _places.AreByKey && _places.HasRoom
            ? RejectionReason.PartitionFull
            : RejectionReason.QueueFull;
    }

    public override Waiter? Place(Waiter waiter, Waiter oldest)
    {
        var job = waiter.Job!;
        if (_places.HasRoomFor(job))
        {
            Join(waiter, job, isDealt: false);
            return null;
        }
        var victim = _displacer.FindVictim(_displacer.FindClass(job, _settings.Options), job, _adopted, IsNewestFirst);
        var partition = PartitionOf(victim);
        Remove(victim);
        if (_places.AreByKey)
            Join(waiter, job, isDealt: false);
        else
            Join(waiter, job, partition);
        return victim;
    }

    public override Waiter? Next(int free, out int workers)
    {
        workers = 0;
        if (Select() is not { } waiter)
            return null;
        workers = _keys.WorkersFor(waiter.Job!);
        if (workers > free)
            return null;
        _turns.Charge(waiter, workers);
        Detach(waiter);
        return waiter;
    }

    public override void Remove(Waiter waiter)
    {
        Detach(waiter);
        if (waiter.Job is not { } job)
            return;
        _turns.Exit(job);
        if (job.Account is not { } account)
            return;
        job.Account = null;
        _keys.OnLeft(account);
        _book.Close(account);
    }

    public override Waiter? NextToShed(long now, Waiter? oldest)
    {
        if (!JudgesLines)
            return base.NextToShed(now, oldest);
        _turns.UpdateNow(now);
        if (_turns.Watch?.NextToShed(now) is not { } waiter)
            return null;
        Remove(waiter);
        return waiter;
    }

    public override bool MayStart(JobRecord job, int free, out int workers)
    {
        job.Order = ++_order;
        workers = _keys.WorkersFor(job);
        return workers <= free && Select() is null && !_keys.IsHeldBack(job);
    }

    public override void OnStarted(JobRecord job, long now)
    {
        job.StartedAt = now;
        job.StartedIn = this;
        if (HasAccounts)
            Open(job);
        _keys.OnStarted(job);
        _turns.OnStarted(job);
    }

    public override void OnFinished(JobRecord job, long now)
    {
        // A job that started under a former discipline is unknown here.
        if (job.StartedIn != this)
            return;
        job.StartedIn = null;
        _turns.OnFinished(job, now);
        _keys.OnFinished(job);
        if (job.Account is not { } account)
            return;
        job.Account = null;
        _book.Close(account);
    }

    public override List<KeyView> ListKeys(int max, out int total) =>
        _places.AreByKey ? _book.List(max, out total) : base.ListKeys(max, out total);

    public override bool Reshape(in LineSettings settings, Waiter? oldest)
    {
        var before = _settings;
        var (former, options) = (before.Options, settings.Options);
        _book.UseShares(options.KeyShares);
        // The waiter was selected by the former order.
        if (options.Order != former.Order)
            _selected = null;
        if (options.Partitions != former.Partitions || options.PartitionByKey != former.PartitionByKey
            || options.MaxWorkersPerKey != former.MaxWorkersPerKey)
        {
            TakeOutAll(oldest);
            _settings = settings;
            MakeLines();
            Deal(oldest);
            return true;
        }
        _settings = settings;
        _keys.Configure(settings, IsNewestFirst);
        // If the order changes, other waiters of a key are served first.
        if (settings.Limit < before.Limit || options.Order != former.Order)
            _keys.ReadmitAll();
        _places.Configure(options);
        return false;
    }

    public override void OnLimitChanged(int limit)
    {
        var isLower = limit < _settings.Limit;
        _settings = _settings with { Limit = limit };
        _keys.SetLimit(limit);
        // A waiter whose weight exceeds the new limit now needs fewer workers. It may then fit within the limit of its
        // key.
        if (isLower)
            _keys.ReadmitAll();
    }

    public override void Deal(Waiter? oldest)
    {
        for (var waiter = oldest; waiter is not null; waiter = waiter.Younger)
            Join(waiter, RecordOf(waiter), isDealt: true);
    }

    /// <summary>
    /// Takes over the lines of a plain queue unchanged. The cost does not depend on the number of waiters.
    /// </summary>
    /// <param name="plain">The plain lines, which are not used any more afterwards.</param>
    /// <param name="oldest">The oldest waiter of the queue.</param>
    /// <param name="newest">The newest waiter of the queue.</param>
    public void Adopt(RoundRobinLines plain, Waiter? oldest, Waiter? newest)
    {
        var common = (CommonPlaces)_places;
        common.Adopt(plain.All, PriorityClass.Normal, plain.Cursor);
        _turns.Adopt(plain.Busy, plain.All.Count(line => line.Count > 0), common.Waiting);
        _adopted.Adopt(oldest, newest);
    }

    /// <summary>
    /// Returns the estimated number of waiters that start before the job. These are the waiters of the job's own class
    /// that are before it, and the waiters of other classes that are served meanwhile. If partitions belong to keys,
    /// the lines of a class are served in turn. The waiters of the job's own class are then estimated as (the waiters
    /// in the job's line + ½) × the number of lines. If the newest job goes first, they are estimated as half of the
    /// lines.
    /// </summary>
    public override int CountAhead(JobRecord? job, int waiting)
    {
        Debug.Assert(job is not null);
        var own = _turns.ClassOf(job);
        var lines = own.Turns.Count;
        var ahead = ServesNewestFirst ? lines / 2
            : _places.AreByKey ? (int)Math.Min(
                own.Waiting, ((long)_places.CountBefore(job, PriorityClass.IndexOf(job)) * lines) + (lines / 2))
            : own.Waiting;
        double others = 0;
        foreach (var other in _turns.Classes)
        {
            if (other != own)
                others += Math.Min(other.Waiting, (ahead + 1) * other.Share / own.Share);
        }
        return ahead + (int)others;
    }

    public override int[] CountByPartition() => _places.CountByPartition();

    public override bool IsSettled(int free) =>
        free <= 0 || (_selected is { } selected ? _keys.WorkersFor(selected.Job!) > free : _turns.IsIdle);

    protected override void OnOverloadSwitched() =>
        _turns.WatchLines(JudgesLines ? Overload : null, _places.All);

    private Waiter? Select()
    {
        if (_selected is { } selected && !_keys.IsHeldBack(selected.Job!))
            return selected;
        _selected = null;
        while (_turns.LineInTurn() is { } line)
        {
            _steps++;
            var waiter = line.First(
                ServesNewestFirst || (Overload is not null && line.Flow is { Standing.IsStanding: true }));
            if (!_keys.IsHeldBack(RecordOf(waiter)))
                return _selected = waiter;
            _keys.SetAside(waiter);
        }
        return null;
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_places), nameof(_displacer))]
    private void MakeLines()
    {
        var options = _settings.Options;
        SeesEveryJob = AreNeededFor(options);
        _selected = null;
        _places = options.PartitionByKey
            ? new KeyPlaces(_owner, options, _book, _salt)
            : new CommonPlaces(_owner, options);
        _displacer = new Displacer(_places, _turns, _book);
        _keys.Configure(_settings, IsNewestFirst);
        _turns.Use(options.PartitionByKey);
    }

    /// <summary>
    /// Removes all waiters from the lines, before they are distributed over new lines. The queue's order of arrival
    /// still contains them.
    /// </summary>
    private void TakeOutAll(Waiter? oldest)
    {
        for (var waiter = oldest; waiter is not null; waiter = waiter.Younger)
        {
            Detach(waiter);
            if (waiter.Job is not { } job)
                continue;
            _turns.Exit(job);
            job.Order = 0;
            job.Partition = null;
            if (job.Account is { } account)
                _book.Close(account);
            job.Account = null;
        }
    }

    private void Join(Waiter waiter, JobRecord job, bool isDealt)
    {
        if (HasAccounts)
            Open(job);
        Join(waiter, job, isDealt ? _places.ChooseAgain(job) : _places.Choose(job));
    }

    private void Join(Waiter waiter, JobRecord job, Partition partition)
    {
        if (HasAccounts)
            Open(job);
        job.Order = ++_order;
        job.Partition = partition;
        _extraWorkers += job.Weight - 1;
        _places.Take(partition);
        job.Account?.Join(waiter);
        var priorityClass = _turns.ClassOf(job);
        priorityClass.Waiting++;
        priorityClass.Order.Append(waiter);
        var line = partition.LineOf(PriorityClass.IndexOf(job));
        priorityClass.Turns.Enter(job, line);
        line.Append(waiter);
        _turns.OnJoined(waiter);
    }

    private void Open(JobRecord job)
    {
        if (job.Account is not null)
            return;
        job.Account = _book.Open(job);
        job.Account.UseShareOf(job);
        _turns.BoundDebts(_settings.Options.Places + _settings.Limit);
    }

    /// <summary>Removes a waiter from its line, or from the waiters that were set aside, and frees its place.</summary>
    private void Detach(Waiter waiter)
    {
        if (_selected == waiter)
            _selected = null;
        _turns.LeaveLine(waiter);
        _places.Free(PartitionOf(waiter));
        if (_adopted.Remove(waiter))
        {
            _turns.Classes[PriorityClass.Normal].Waiting--;
            return;
        }
        var job = waiter.Job!;
        _extraWorkers -= job.Weight - 1;
        job.Account?.Leave(waiter);
        var priorityClass = _turns.ClassOf(job);
        priorityClass.Waiting--;
        priorityClass.Order.Remove(waiter);
    }

    private static Partition PartitionOf(Waiter waiter) => waiter.Job?.Partition ?? waiter.Line.Partition!;

    private static JobRecord RecordOf(Waiter waiter)
    {
        if (waiter.Job is not { } job)
            waiter.JobState = job = new JobRecord(new JobTraits { Tag = waiter.Tag });
        return job;
    }
}
