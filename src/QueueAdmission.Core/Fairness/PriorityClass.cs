namespace QueueAdmission;

/// <summary>The waiters of one priority, and how much of the workers' time their class has had.</summary>
/// <remarks>
/// <para>Start-time fair queueing (Goyal, Vin, Cheng 1996). Each class has a clock. A job moves the clock on by its
/// work divided by the share of the class. The class with the earliest clock is served. A class without waiters starts
/// at the time of the classes that were served, so its absence earns nothing. The clock of a class that waits falls
/// behind the others, so waiting raises its claim: it ages.</para>
/// <para>Shares 1 : 4 : 16 : 64. With Low and High both saturated, they get 1/17 = 5.9 % and 16/17 = 94.1 %.</para>
/// </remarks>
internal sealed class PriorityClass(int index)
{
    public const int Number = 4;

    /// <summary>How far jobs of unexpected length can move the clock of a class, in jobs of average length.</summary>
    private const int MaxJobs = 64;

    /// <summary>The clock's pace: 64 ÷ share.</summary>
    private readonly double _pace = 1 << (2 * (Number - 1 - index));

    private Line? _inTurn;

    /// <summary>Its lines that have a waiter which may run.</summary>
    public LineRing Ring;

    public int BusyLines { get; private set; }

    /// <summary>All waiters of the class, including those with a key at its limit.</summary>
    public int Waiting { get; set; }

    public double Share { get; } = 1 << (2 * index);

    public double Clock { get; private set; }

    public static int IndexOf(JobRecord job) => job.Priority - JobPriority.Low;

    public void Join(Line line, double startTime)
    {
        if (Ring.IsEmpty)
            Clock = Math.Max(Clock, startTime);
        Ring.Join(line);
        BusyLines++;
    }

    public void Leave(Line line)
    {
        Ring.Leave(line);
        BusyLines--;
        if (_inTurn == line)
            _inTurn = null;
    }

    /// <summary>Whether the line has its turn and was credited for it.</summary>
    public bool IsInTurn(Line line) => _inTurn == line;

    public void BeginTurn(Line line) => _inTurn = line;

    public void EndTurn()
    {
        _inTurn = null;
        Ring.Rotate();
    }

    public void Charge(double work) => Clock += work * _pace;

    /// <summary>Corrects the clock when a job took more or less work than it was charged.</summary>
    public void Settle(double difference, double startTime, double meanTicks)
    {
        var max = MaxJobs * meanTicks * _pace;
        Clock = Math.Clamp(Clock + (difference * _pace), startTime - max, startTime + max);
    }

    public void Restart() => Clock = 0;

    public void Clear()
    {
        Ring.Clear();
        _inTurn = null;
        BusyLines = 0;
        Waiting = 0;
    }
}
