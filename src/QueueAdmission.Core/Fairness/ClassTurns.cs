namespace QueueAdmission;

/// <summary>
/// The order in which fair lines are served. The virtual clocks of the priority classes decide which class is next.
/// Each class decides which of its lines is next.
/// </summary>
internal sealed class ClassTurns
{
    private readonly PriorityClass[] _classes =
        [.. Enumerable.Range(0, PriorityClass.Number).Select(index => new PriorityClass(index))];
    private readonly KeyTurns[] _byKey;
    private readonly KeyDebts _debts;
    private LineWatch? _watch;
    private MeanWork _mean;

    // The number of waiters that need only a free worker. A busy period of the classes starts with the first such
    // waiter.
    private int _ready;
    private double _startTime;

    /// <param name="book">The accounts of the keys.</param>
    public ClassTurns(KeyBook book)
    {
        _byKey = [.. _classes.Select(_ => new KeyTurns(book))];
        _debts = new KeyDebts(_byKey, book);
    }

    public IReadOnlyList<PriorityClass> Classes => _classes;

    /// <summary>Whether no waiter could start on a free worker.</summary>
    public bool IsIdle => _ready == 0;

    /// <summary>The queue's time, as far as the lines know it.</summary>
    public long Now { get; private set; }

    /// <summary>
    /// The number of moves of accounts in the heaps so far. Tests count these steps instead of measuring time.
    /// </summary>
    public long Steps => _byKey.Sum(turns => turns.Steps) + (_watch?.Steps ?? 0);

    /// <summary>Overload control of the individual lines. Null if it is off.</summary>
    public LineWatch? Watch { get; private set; }

    /// <summary>
    /// Sets whether keys share the workers by time, or lines are served in turn. Called while all lines are empty.
    /// </summary>
    public void Use(bool byKey)
    {
        for (var i = 0; i < _classes.Length; i++)
        {
            _byKey[i].IsOn = byKey;
            _classes[i].Turns = byKey ? _byKey[i] : new RingTurns();
        }
    }

    /// <summary>
    /// Starts overload control of the individual lines, or ends it if <paramref name="control"/> is null.
    /// </summary>
    public void WatchLines(OverloadControl? control, IReadOnlyList<Partition> partitions)
    {
        Watch?.Clear();
        Watch = null;
        if (control is null)
            return;
        Watch = _watch ??= new LineWatch();
        Watch.Control = control;
        foreach (var partition in partitions)
        {
            for (var index = 0; index < PriorityClass.Number; index++)
            {
                if (partition.FindLine(index) is { Count: > 0 } line)
                    Watch.Look(line, Now);
            }
        }
    }

    /// <summary>Forgets the smallest debts of keys until the number of accounts is within a bound.</summary>
    public void BoundDebts(int accounts) => _debts.Bound(accounts);

    /// <summary>Called when a waiting job leaves without having run.</summary>
    public void Exit(JobRecord job) => _byKey[PriorityClass.IndexOf(job)].Exit(job);

    public void UpdateNow(long now) => Now = Math.Max(Now, now);

    public PriorityClass ClassOf(JobRecord job) => _classes[PriorityClass.IndexOf(job)];

    /// <summary>Takes over the waiters of a plain queue, as waiters of normal priority.</summary>
    public void Adopt(in LineRing ring, int lines, int waiting)
    {
        ((RingTurns)_classes[PriorityClass.Normal].Turns).Adopt(ring, lines);
        _classes[PriorityClass.Normal].Waiting = waiting;
        _ready = waiting;
    }

    /// <summary>Called when a waiter has joined a line from which it can be served.</summary>
    public void OnJoined(Waiter waiter)
    {
        var line = waiter.Line;
        if (_ready++ == 0)
        {
            // Until now no class waited for workers that another class used. Earlier use of workers therefore does not
            // count.
            _startTime = 0;
            foreach (var priorityClass in _classes)
                priorityClass.Restart();
        }
        if (line.Count == 1)
        {
            var priorityClass = ClassOf(waiter.Job!);
            if (priorityClass.Turns.Count == 0)
                priorityClass.Begin(_startTime);
            priorityClass.Turns.Join(line, Now);
        }
        if (Watch is { } watch && line.Oldest == waiter)
            watch.Look(line, Now);
    }

    /// <summary>Removes a waiter from its line, or from the waiters that were set aside.</summary>
    public void LeaveLine(Waiter waiter)
    {
        if (waiter.Job is { IsParked: true } job)
        {
            job.Account!.Unpark(waiter);
            return;
        }
        var line = waiter.Line;
        var wasOldest = Watch is not null && line.Oldest == waiter;
        if (wasOldest)
            Watch!.Look(line, Now);
        line.Remove(waiter);
        _ready--;
        if (line.Count == 0)
            _classes[waiter.Job is { } record ? PriorityClass.IndexOf(record) : PriorityClass.Normal].Turns.Leave(line);
        if (wasOldest)
            Watch!.Look(line, Now);
    }

    /// <summary>Returns the line that is served next. Null if no waiter could start on a free worker.</summary>
    public Line? LineInTurn()
    {
        PriorityClass? behind = null;
        foreach (var priorityClass in _classes)
        {
            // The class with the earliest clock is next. If clocks are equal, the higher class is next.
            if (priorityClass.Turns.Count > 0 && (behind is null || priorityClass.Clock <= behind.Clock))
                behind = priorityClass;
        }
        return behind?.Turns.Next(Now);
    }

    /// <summary>
    /// Charges an estimate of a job's work to its class and its line, because the job is about to start.
    /// </summary>
    public void Charge(Waiter waiter, int workers)
    {
        var priorityClass = ClassOf(waiter.Job!);
        _startTime = Math.Max(_startTime, priorityClass.Clock);
        waiter.Job!.ChargedToClass = _mean.Ticks * workers;
        priorityClass.Charge(waiter.Job.ChargedToClass);
        priorityClass.Turns.OnServed(waiter, workers, _mean.Ticks, Now);
    }

    /// <summary>Called when a job has started, after waiting or at once.</summary>
    public void OnStarted(JobRecord job)
    {
        UpdateNow(job.StartedAt);
        if (job.Flow is null && IsIdle)
        {
            foreach (var priorityClass in _classes)
                priorityClass.Turns.OnIdle(job.StartedAt);
        }
        ClassOf(job).Turns.OnStarted(job, _mean.Ticks);
    }

    /// <summary>Corrects the charge of a job that has ended: the measured work replaces the estimate.</summary>
    public void OnFinished(JobRecord job, long now)
    {
        UpdateNow(now);
        var elapsed = Math.Max(0, now - job.StartedAt);
        _mean.Learn(elapsed);
        var difference = ((double)elapsed * job.Workers) - job.ChargedToClass;
        ClassOf(job).Settle(difference, _startTime, _mean.Ticks);
        _byKey[PriorityClass.IndexOf(job)].OnFinished(job, now);
    }
}
