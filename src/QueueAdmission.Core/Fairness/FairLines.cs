using System.Diagnostics;
using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// The discipline that follows the traits of jobs. It chooses the next class, then one of its partitions, then a
/// waiter: the oldest (in a standing queue the newest) with a key that may have more workers. For a waiter that needs
/// more workers than are free, workers are saved.
/// </summary>
/// <remarks>
/// <see cref="PartitionPlaces"/> has the places, <see cref="ClassTurns"/> the turns, and <see cref="KeyLimits"/> the
/// accounts of the keys. <see cref="Displacer"/> decides which waiter makes room.
/// </remarks>
internal sealed class FairLines : Discipline
{
    private readonly PartitionPlaces _places;
    private readonly ClassTurns _turns = new();
    private readonly KeyLimits _keys;
    private readonly Displacer _displacer;
    private LineSettings _settings;
    private long _order;

    // The waiter that has its turn. If it needs several workers, it keeps its turn until they are free, or until it
    // leaves.
    private Waiter? _selected;

    public FairLines(IWaiterOwner owner, in LineSettings settings, ulong salt)
    {
        _settings = settings;
        _places = new PartitionPlaces(owner, salt);
        _keys = new KeyLimits(owner, _turns);
        _displacer = new Displacer(_places, _turns);
        KeepsRecords = true;
        MakeLines();
    }

    protected override bool JudgesLines => _settings.Options.PartitionByKey;

    /// <summary>
    /// Whether the settings say so. While the queue stands, its lines serve the newest first in any case.
    /// </summary>
    private bool IsNewestFirst => _settings.Options.Order == QueueProcessingOrder.NewestFirst;

    /// <summary>Whether the settings need fair lines.</summary>
    public static bool AreNeededFor(JobQueueOptions settings) =>
        settings.PartitionByKey || settings.MaxWorkersPerKey is not null;

    public override RejectionReason? RefusalOf(JobRecord? job, bool mayWait)
    {
        Debug.Assert(job is not null);
        if (mayWait && (_places.HasRoomFor(job, _turns.Period) || _displacer.FindClass(job, IsNewestFirst) >= 0))
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
        if (_places.HasRoomFor(job, _turns.Period))
        {
            Join(waiter, job, _places.Choose(job, _turns.Period));
            return null;
        }
        var victim = _displacer.FindVictim(_displacer.FindClass(job, IsNewestFirst), waiter, oldest, IsNewestFirst, _keys.AreOn);
        var partition = victim.Job!.Partition!;
        Remove(victim);
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
        _keys.OnLeft(waiter.Job!);
    }

    public override Waiter? NextToShed(long now, Waiter? oldest)
    {
        if (!JudgesLines)
            return base.NextToShed(now, oldest);
        if (Overload is not { } overload || LineShedding.Next(_places.All, now, overload) is not { } waiter)
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
        if (_places.AreByKey)
            job.Partition ??= _places.ShortestOfHand(job, _turns.Period);
        _keys.OnStarted(job);
    }

    public override void OnFinished(JobRecord job, long now)
    {
        // A job that started under other lines is unknown here.
        if (job.StartedAt < 0)
            return;
        _turns.Settle(job, Math.Max(0, now - job.StartedAt));
        _keys.OnFinished(job);
    }

    public override void Reshape(in LineSettings settings, Waiter? oldest)
    {
        var before = _settings;
        var (former, options) = (before.Options, settings.Options);
        _settings = settings;
        // The waiter had its turn by the other order.
        if (options.Order != former.Order)
            _selected = null;
        if (options.Partitions != former.Partitions || options.PartitionByKey != former.PartitionByKey || options.MaxWorkersPerKey != former.MaxWorkersPerKey)
        {
            MakeLines();
            Deal(oldest);
            return;
        }
        _keys.Configure(settings, IsNewestFirst);
        // In another order, other waiters of a key come first.
        if (settings.Limit < before.Limit || options.Order != former.Order)
            _keys.ReadmitAll();
        _places.SetCapacity(options.PartitionCapacity);
    }

    public override void OnLimitChanged(int limit)
    {
        var isLower = limit < _settings.Limit;
        _settings = _settings with { Limit = limit };
        _keys.SetLimit(limit);
        // A waiter that weighs more than the new limit needs fewer workers now, and may no longer be beyond the limit
        // of its key.
        if (isLower)
            _keys.ReadmitAll();
    }

    public override void Deal(Waiter? oldest)
    {
        for (var waiter = oldest; waiter is not null; waiter = waiter.Younger)
        {
            if (waiter.Job is not { } job)
                waiter.JobState = job = new JobRecord(new JobTraits { Tag = waiter.Tag });
            _keys.Forget(job);
            Join(waiter, job, _places.ChooseAgain(job, _turns.Period));
        }
    }

    /// <summary>
    /// The waiters of the job's own class before it, and those of other classes that are served meanwhile by their
    /// share. With keys, a class serves the partitions in turn, so the waiters in the job's own line count. If the
    /// newest goes first, only the turns of other lines count.
    /// </summary>
    public override int CountAhead(JobRecord? job, int waiting)
    {
        Debug.Assert(job is not null);
        var own = _turns.ClassOf(job);
        var ahead = ServesNewestFirst ? own.BusyLines / 2
            : _places.AreByKey
            ? Math.Min(own.Waiting, (_places.ShortestOfHand(job, _turns.Period).LineOf(PriorityClass.IndexOf(job)).Count * own.BusyLines) + (own.BusyLines / 2))
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

    private Waiter? Select()
    {
        if (_selected is { } selected && !_keys.IsHeldBack(selected.Job!, selected.Job!.Account))
            return selected;
        _selected = null;
        while (_turns.LineInTurn() is { } line)
        {
            var waiter = line.First(ServesNewestFirst || (Overload is not null && line.Standing.IsStanding));
            if (!_keys.IsHeldBack(waiter.Job!, waiter.Job!.Account))
                return _selected = waiter;
            _keys.SetAside(waiter);
        }
        return null;
    }

    private void MakeLines()
    {
        var options = _settings.Options;
        SeesEveryJob = AreNeededFor(options);
        _selected = null;
        _places.Rebuild(options);
        _keys.Configure(_settings, IsNewestFirst);
        _turns.Reset(hasCredits: options.PartitionByKey);
    }

    private void Join(Waiter waiter, JobRecord job, Partition partition)
    {
        job.Order = ++_order;
        job.Partition = partition;
        _keys.Open(job);
        var index = PriorityClass.IndexOf(job);
        _places.Take(partition, index);
        _turns.ClassOf(job).Waiting++;
        var line = partition.LineOf(index);
        line.Append(waiter);
        _turns.OnJoined(line);
    }

    /// <summary>Takes a waiter out of its line, or from the waiters that were set aside, and frees its place.</summary>
    private void Detach(Waiter waiter)
    {
        var job = waiter.Job!;
        _turns.LeaveLine(waiter);
        if (_selected == waiter)
            _selected = null;
        _places.Free(job.Partition!, PriorityClass.IndexOf(job));
        _turns.ClassOf(job).Waiting--;
    }
}
