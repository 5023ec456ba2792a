using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// The discipline that heeds what jobs bring along, in three steps: which class is next, by the shares of the priorities; which of its partitions, in turn, and with keys by
/// the work done for each; which waiter, the oldest (in a standing queue the newest) whose key may have more workers. One who needs more workers than are free has them saved.
/// </summary>
/// <remarks>
/// <para><b>Between partitions</b>: deficit round robin (Shreedhar, Varghese 1995). A partition whose turn begins is credited the queue's mean job, and served until its balance is used up; a job is charged
/// the mean when it starts and the rest when it has ended. Where a whole round finds only debts, the rounds until somebody is out of them are done at once, so a decision looks at each
/// partition three times at the most.</para>
/// <para><b>Keys at their limit</b>: whoever cannot run because of it is set aside when its turn comes (<see cref="KeyAccount.Park"/>), so it holds up nobody and is not looked at again
/// until a job of its key has ended. It keeps its place in the partition.</para>
/// </remarks>
internal sealed partial class FairLines : Discipline
{
    private readonly JobQueue _queue;
    private readonly KeyDealer _dealer;
    private readonly KeyAccount.Book _accounts;
    private readonly MeanWork _mean = new();
    private readonly PriorityClass[] _classes;
    private JobQueueOptions _settings;
    private Partition[] _partitions = [];
    private int _withRoom;
    private int _cursor;
    private long _order;

    // Waiters in rings, whom nothing but the lack of a worker keeps from running. A busy period begins with the first of them.
    private int _ready;
    private int _period;
    private double _startTime;

    // Whose turn it is. It stays the turn of one who waits for several workers, until they are free or the waiter leaves.
    private Waiter? _selected;

    public FairLines(JobQueue queue, JobQueueOptions settings, ulong salt)
    {
        _queue = queue;
        _dealer = new KeyDealer(salt);
        _accounts = new KeyAccount.Book(queue);
        _classes = [.. Enumerable.Range(0, PriorityClass.Number).Select(index => new PriorityClass(index))];
        _settings = settings;
        KeepsRecords = true;
        MakeLines();
    }

    /// <summary>Whether the settings cannot be met by plain lines.</summary>
    public static bool AreNeededFor(JobQueueOptions settings) => settings.PartitionByKey || settings.MaxWorkersPerKey is not null;

    public override Waiter? Next(long now, int free, out int workers)
    {
        workers = 0;
        if (Select() is not { } waiter)
            return null;
        var job = waiter.Job!;
        workers = WorkersFor(job);
        if (workers > free)
            return null;

        var line = waiter.Line;
        var priorityClass = _classes[PriorityClass.IndexOf(job)];
        _startTime = Math.Max(_startTime, priorityClass.Clock);
        job.Charged = _mean.Ticks * workers;
        priorityClass.Charge(job.Charged);
        job.Partition!.Credit(-job.Charged, _period, _mean.Ticks);
        if (priorityClass.Ring.First == line && !HasCredit(line))
            priorityClass.EndTurn();
        Detach(waiter);
        return waiter;
    }

    public override bool MayStart(JobRecord job, int free, out int workers)
    {
        job.Order = ++_order;
        workers = WorkersFor(job);
        return workers <= free && Select() is null && !IsHeldBack(job, _accounts.Find(job.Key));
    }

    public override void Started(JobRecord job, long now)
    {
        job.StartedAt = now;
        if (_settings.PartitionByKey)
            job.Partition ??= ShortestOfHand(job);
        if (_settings.MaxWorkersPerKey is null)
            return;
        job.Account ??= _accounts.Open(job.Key);
        job.Account.Workers += job.Workers;
    }

    public override void Finished(JobRecord job, long now)
    {
        // A job that started under other lines was never put before these.
        if (job.StartedAt < 0)
            return;
        var elapsed = Math.Max(0, now - job.StartedAt);
        _mean.Learn(elapsed);
        var difference = ((double)elapsed * job.Workers) - job.Charged;
        _classes[PriorityClass.IndexOf(job)].Settle(difference, _startTime, _mean.Ticks);
        job.Partition?.Credit(-difference, _period, _mean.Ticks);
        if (job.Account is not { } account)
            return;
        account.Workers -= job.Workers;
        // An account of earlier lines has nobody to bring back: all who waited then were dealt out anew.
        if (_accounts.Has(account))
            Readmit(account);
        _accounts.Close(account);
    }

    public override int[] CountByPartition() => Array.ConvertAll(_partitions, partition => partition.Count);

    public override bool IsSettled(int free) => free <= 0 || (_selected is { } selected ? WorkersFor(selected.Job!) > free : _ready == 0);

    /// <summary>Whether the settings say so. While the queue stands, its lines serve the newest first in any case.</summary>
    private bool IsNewestFirst => _settings.Order == QueueProcessingOrder.NewestFirst;

    /// <summary>As many as it weighs, and not more than there can be: where a limit was lowered below the weight of one who waits, it gets all that the limit leaves.</summary>
    private int WorkersFor(JobRecord job) => Math.Min(job.Weight, Math.Min(_settings.Workers, _settings.MaxWorkersPerKey ?? int.MaxValue));

    private Waiter? Select()
    {
        if (_selected is { } selected && !IsHeldBack(selected.Job!, selected.Job!.Account))
            return selected;
        _selected = null;
        while (ClassInTurn() is { } priorityClass)
        {
            var line = LineInTurn(priorityClass);
            var waiter = line.First(NewestFirst || (_settings.OverloadControl && line.Standing.IsStanding));
            if (!IsHeldBack(waiter.Job!, waiter.Job!.Account))
                return _selected = waiter;
            SetAside(waiter);
        }
        return null;
    }

    /// <summary>The class whose clock is behind, of equal ones the higher.</summary>
    private PriorityClass? ClassInTurn()
    {
        PriorityClass? behind = null;
        foreach (var priorityClass in _classes)
        {
            if (!priorityClass.Ring.IsEmpty && (behind is null || priorityClass.Clock <= behind.Clock))
                behind = priorityClass;
        }
        return behind;
    }

    private Line LineInTurn(PriorityClass priorityClass)
    {
        if (!_settings.PartitionByKey)
            return priorityClass.Ring.First!;
        for (var looks = 0; ; looks++)
        {
            var line = priorityClass.Ring.First!;
            if (!priorityClass.IsInTurn(line))
            {
                if (looks == priorityClass.BusyLines)
                    SkipRounds(priorityClass);
                line.Partition!.Credit(_mean.Ticks, _period, _mean.Ticks);
                priorityClass.BeginTurn(line);
            }
            if (HasCredit(line))
                return line;
            priorityClass.EndTurn();
        }
    }

    private bool HasCredit(Line line) => _settings.PartitionByKey && line.Partition!.BalanceIn(_period) > 0;

    /// <summary>All rounds at once in which nobody would be served.</summary>
    private void SkipRounds(PriorityClass priorityClass)
    {
        var first = priorityClass.Ring.First!;
        var best = double.MinValue;
        var line = first;
        do
            best = Math.Max(best, line.Partition!.BalanceIn(_period));
        while ((line = line.NextBusy!) != first);
        var rounds = Math.Floor(-best / _mean.Ticks);
        if (rounds <= 0)
            return;
        do
            line.Partition!.Credit(rounds * _mean.Ticks, _period, _mean.Ticks);
        while ((line = line.NextBusy!) != first);
    }
}
