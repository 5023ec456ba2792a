namespace QueueAdmission.Simulation;

/// <summary>The state of a job, or the way in which it ended.</summary>
internal enum Fate
{
    Waiting,
    Running,
    Ran,
    QueueFull,
    WaitTimeout,
    Draining,
    PartitionFull,
    KeyLimit,
    Shed,
    DeadlineTooClose,
    Displaced,

    // Does not occur: no caller of this model reports that it left a running job.
    ExpectedWaitTooLong,
    Abandoned,
}

internal sealed class ReferenceJob(int number, long arrived)
{
    public int Number { get; } = number;

    public long Arrived { get; } = arrived;

    public Fate Fate { get; set; }

    /// <summary>The weight of a background job. 0 for a live job.</summary>
    public int Weight { get; init; }

    public int Workers { get; set; }

    public bool IsBackground => Weight > 0;
}

/// <summary>
/// A single-threaded queue of plain lists, without optimizations. After each step, one loop refuses the jobs that
/// waited too long, and starts the jobs that may start. The engine must behave identically. Times are in milliseconds.
/// </summary>
internal sealed class ReferenceQueue(int workers, int partitions, int capacity, long maxWait, bool newestFirst)
{
    public const long Forever = long.MaxValue;

    // The lines that contain waiters, in the order in which they are served.
    private readonly List<List<ReferenceJob>> _turn = [];
    private readonly List<ReferenceJob> _background = [];
    private double _minShare;
    private double _rate;
    private double _credit;
    private int _cursor;

    public int Workers { get; private set; } = workers;

    public int Capacity { get; private set; } = capacity;

    public long MaxWait { get; private set; } = maxWait;

    public bool NewestFirst { get; private set; } = newestFirst;

    public List<ReferenceJob>[] Lines { get; private set; } = NewLines(partitions);

    public long Now { get; private set; }

    public int Running { get; private set; }

    public int BackgroundRunning { get; private set; }

    public int BackgroundWorkers { get; private set; }

    public int BackgroundWaiting => _background.Count;

    public int InUse => Running - BackgroundRunning + BackgroundWorkers;

    public bool Paused { get; private set; }

    public bool Draining { get; private set; }

    public bool Disposed { get; private set; }

    /// <summary>Whether a drain has not ended yet.</summary>
    public bool DrainPending { get; private set; }

    public Dictionary<Fate, long> Ended { get; } = [];

    public IEnumerable<ReferenceJob> InOrderOfArrival => Lines.SelectMany(line => line).OrderBy(job => job.Number);

    public int Waiting => Lines.Sum(line => line.Count);

    public void Arrive(ReferenceJob job, bool mayWait)
    {
        if (Draining || Disposed)
            End(job, Fate.Draining);
        else if (!Paused && Waiting == 0 && InUse < Workers && !IsSaving)
            Start(job);
        else if (!mayWait || (Lines.All(line => line.Count >= Capacity) && !(NewestFirst && Capacity > 0)))
            End(job, Fate.QueueFull);
        else if (MaxWait == 0)
            End(job, Fate.WaitTimeout);
        else if (Lines.All(line => line.Count >= Capacity))
            Displace(InOrderOfArrival.First(), job);
        else
            Place(job);
    }

    /// <summary>Adds a background job. If it is refused, no counter includes the refusal.</summary>
    public void ArriveInBackground(ReferenceJob job, double minShare)
    {
        if (Draining || Disposed)
        {
            job.Fate = Fate.Draining;
            return;
        }
        _minShare = minShare;
        _background.Add(job);
        Settle();
    }

    public void Finish(ReferenceJob job)
    {
        if (job.Fate != Fate.Running)
            return;
        Running--;
        if (job.IsBackground)
        {
            BackgroundRunning--;
            BackgroundWorkers -= job.Workers;
        }
        End(job, Fate.Ran);
        Settle();
    }

    public void Cancel(ReferenceJob job)
    {
        if (job.Fate != Fate.Waiting)
            return;
        // A background job that leaves while it waits does not count as arrived.
        if (_background.Remove(job))
            job.Fate = Fate.Abandoned;
        else
            Leave(job, Fate.Abandoned);
        Settle();
    }

    public void Advance(long time)
    {
        for (; time > 0; time--)
        {
            Now++;
            PassMillisecond();
            Settle();
        }
    }

    public void Change(int workers, int partitions, int capacity, long maxWait, bool newestFirst)
    {
        (Workers, Capacity, MaxWait, NewestFirst) = (workers, capacity, maxWait, newestFirst);
        if (partitions != Lines.Length)
        {
            var waiters = InOrderOfArrival.ToList();
            Lines = NewLines(partitions);
            _turn.Clear();
            _cursor = 0;
            waiters.ForEach(Append);
        }
        Settle();
    }

    public void Pause() => Paused = true;

    public void Resume()
    {
        (Paused, Draining, DrainPending) = (false, false, false);
        Settle();
    }

    public void Drain(bool rejectWaiting)
    {
        (Paused, Draining, DrainPending) = (false, true, true);
        if (rejectWaiting)
            InOrderOfArrival.ToList().ForEach(job => Leave(job, Fate.Draining));
        Settle();
    }

    public void Dispose()
    {
        Disposed = true;
        InOrderOfArrival.ToList().ForEach(job => Leave(job, Fate.Draining));
        Settle();
    }

    private void Settle()
    {
        foreach (var job in InOrderOfArrival.Where(job => Now - job.Arrived >= MaxWait).ToList())
            Leave(job, Fate.WaitTimeout);
        if (Draining || Disposed)
        {
            _background.ForEach(job => job.Fate = Fate.Draining);
            _background.Clear();
        }
        while (!Paused)
        {
            if (IsDue && InUse + Need <= Workers)
            {
                StartInBackground();
                continue;
            }
            if (IsSaving || InUse >= Workers
                || (_turn.Count == 0 && (_background.Count == 0 || InUse + Need > Workers)))
                break;
            if (_turn.Count == 0)
            {
                StartInBackground();
                continue;
            }
            var line = _turn[0];
            _turn.RemoveAt(0);
            var next = NewestFirst ? line[^1] : line[0];
            Start(next);
            line.Remove(next);
            if (line.Count > 0)
                _turn.Add(line);
        }
        if (Running == 0 && Waiting == 0)
            DrainPending = false;
        UpdateRate();
    }

    /// <summary>The number of workers that the first background job needs.</summary>
    private int Need => Math.Min(_background[0].Weight, Workers);

    /// <summary>Whether the share of the background jobs entitles them to the next free workers.</summary>
    private bool IsDue => _background.Count > 0 && _credit > 0 && BackgroundWorkers < _minShare * Workers;

    /// <summary>
    /// Whether free workers are reserved until they are enough for a background job whose share is due.
    /// </summary>
    public bool IsSaving => IsDue && InUse + Need > Workers;

    /// <summary>
    /// Updates the credit of the background jobs. They earn their share while live jobs wait, and pay for the workers
    /// that they use in that time. A debt also decreases with time.
    /// </summary>
    private void PassMillisecond()
    {
        var isContended = !Paused && Waiting > 0 && (BackgroundRunning > 0 || _background.Count > 0);
        var change = _rate - (isContended ? BackgroundWorkers : 0);
        var earns = change <= 0 || (isContended && _background.Count > 0);
        _credit = earns ? _credit + change : Math.Min(_credit + change, Math.Max(0, _credit));
    }

    private void UpdateRate()
    {
        if (BackgroundRunning == 0 && _background.Count == 0)
        {
            _credit = Math.Min(0, _credit);
            return;
        }
        _rate = _minShare * Workers;
        // The limits of a minute and an hour are never reached in a history. Without a share there is no account.
        if (_rate == 0)
            _credit = 0;
    }

    private void StartInBackground()
    {
        var job = _background[0];
        job.Workers = Need;
        _background.RemoveAt(0);
        BackgroundRunning++;
        BackgroundWorkers += job.Workers;
        Start(job);
    }

    private void Start(ReferenceJob job)
    {
        Running++;
        job.Fate = Fate.Running;
    }

    private void Place(ReferenceJob job)
    {
        while (Lines[_cursor].Count >= Capacity)
            _cursor = (_cursor + 1) % Lines.Length;
        Append(job);
    }

    private void Append(ReferenceJob job)
    {
        Join(Lines[_cursor], job);
        _cursor = (_cursor + 1) % Lines.Length;
    }

    private void Displace(ReferenceJob victim, ReferenceJob newcomer)
    {
        var line = Lines.Single(line => line.Contains(victim));
        Leave(victim, Fate.Displaced);
        Join(line, newcomer);
    }

    private void Join(List<ReferenceJob> line, ReferenceJob job)
    {
        line.Add(job);
        if (line.Count == 1)
            _turn.Add(line);
    }

    private void Leave(ReferenceJob job, Fate fate)
    {
        var line = Lines.Single(line => line.Remove(job));
        if (line.Count == 0)
            _turn.Remove(line);
        End(job, fate);
    }

    private void End(ReferenceJob job, Fate fate)
    {
        job.Fate = fate;
        Ended[fate] = Ended.GetValueOrDefault(fate) + 1;
    }

    private static List<ReferenceJob>[] NewLines(int partitions) =>
        Enumerable.Range(0, partitions).Select(_ => new List<ReferenceJob>()).ToArray();
}
