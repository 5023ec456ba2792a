namespace QueueAdmission;

/// <summary>
/// The turns in fair lines: the next class, by the clocks of the priorities, and the next of its partitions.
/// </summary>
/// <remarks>
/// <para><b>Between partitions</b>: deficit round robin (Shreedhar, Varghese 1995). At the start of its turn, a
/// partition is credited the queue's mean job. It is served until its balance is used up. A job is charged the mean
/// when it starts, and the rest when it has ended.</para>
/// <para>If a whole round finds only debts, the rounds until one partition has none are done at once. So a decision
/// looks at each partition at most three times.</para>
/// </remarks>
internal sealed class ClassTurns
{
    private readonly MeanWork _mean = new();
    private readonly PriorityClass[] _classes = [.. Enumerable.Range(0, PriorityClass.Number).Select(index => new PriorityClass(index))];
    private bool _hasCredits;

    // Waiters in rings need only a worker. A busy period begins with the first of them.
    private int _ready;
    private double _startTime;

    public IReadOnlyList<PriorityClass> Classes => _classes;

    /// <summary>Whether no waiter could start on a free worker.</summary>
    public bool IsIdle => _ready == 0;

    /// <summary>The number of the present busy period.</summary>
    public int Period { get; private set; }

    public PriorityClass ClassOf(JobRecord job) => _classes[PriorityClass.IndexOf(job)];

    /// <summary>All lines are empty.</summary>
    /// <param name="hasCredits">Whether the partitions take turns by the work done for each.</param>
    public void Reset(bool hasCredits)
    {
        _hasCredits = hasCredits;
        _ready = 0;
        foreach (var priorityClass in _classes)
            priorityClass.Clear();
    }

    /// <summary>A waiter has joined a line from which it can be served.</summary>
    public void OnJoined(Line line)
    {
        if (_ready++ == 0)
        {
            // Until now no job waited for the worker of another, so earlier use of workers does not count.
            Period++;
            _startTime = 0;
            foreach (var priorityClass in _classes)
                priorityClass.Restart();
        }
        if (line.Count == 1)
            ClassOf(line.Oldest.Job!).Join(line, _startTime);
    }

    /// <summary>Takes a waiter out of its line, or from the waiters that were set aside.</summary>
    public void LeaveLine(Waiter waiter)
    {
        var line = waiter.Line;
        line.Remove(waiter);
        if (line.Partition is null)
            return;
        _ready--;
        if (line.Count == 0)
            ClassOf(waiter.Job!).Leave(line);
    }

    /// <summary>The line that has its turn; null if no waiter could start.</summary>
    public Line? LineInTurn() => ClassInTurn() is { } priorityClass ? LineInTurn(priorityClass) : null;

    /// <summary>A waiter starts: it is charged the queue's mean job for each of its workers.</summary>
    public void Charge(Waiter waiter, int workers)
    {
        var (job, line) = (waiter.Job!, waiter.Line);
        var priorityClass = ClassOf(job);
        _startTime = Math.Max(_startTime, priorityClass.Clock);
        job.Charged = _mean.Ticks * workers;
        priorityClass.Charge(job.Charged);
        job.Partition!.Credit(-job.Charged, Period, _mean.Ticks);
        if (priorityClass.Ring.First == line && !HasCredit(line))
            priorityClass.EndTurn();
    }

    /// <summary>A job has ended: its class and partition are charged the work beyond its first charge.</summary>
    public void Settle(JobRecord job, long elapsed)
    {
        _mean.Learn(elapsed);
        var difference = ((double)elapsed * job.Workers) - job.Charged;
        ClassOf(job).Settle(difference, _startTime, _mean.Ticks);
        job.Partition?.Credit(-difference, Period, _mean.Ticks);
    }

    /// <summary>The class with the earliest clock; of equal ones the higher.</summary>
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
        if (!_hasCredits)
            return priorityClass.Ring.First!;
        for (var looks = 0; ; looks++)
        {
            var line = priorityClass.Ring.First!;
            if (!priorityClass.IsInTurn(line))
            {
                if (looks == priorityClass.BusyLines)
                    SkipRounds(priorityClass);
                line.Partition!.Credit(_mean.Ticks, Period, _mean.Ticks);
                priorityClass.BeginTurn(line);
            }
            if (HasCredit(line))
                return line;
            priorityClass.EndTurn();
        }
    }

    private bool HasCredit(Line line) => _hasCredits && line.Partition!.BalanceIn(Period) > 0;

    /// <summary>Does all rounds at once in which no partition would be served.</summary>
    private void SkipRounds(PriorityClass priorityClass)
    {
        var first = priorityClass.Ring.First!;
        var best = double.MinValue;
        var line = first;
        do
            best = Math.Max(best, line.Partition!.BalanceIn(Period));
        while ((line = line.NextBusy!) != first);
        var rounds = Math.Floor(-best / _mean.Ticks);
        if (rounds <= 0)
            return;
        do
            line.Partition!.Credit(rounds * _mean.Ticks, Period, _mean.Ticks);
        while ((line = line.NextBusy!) != first);
    }
}
