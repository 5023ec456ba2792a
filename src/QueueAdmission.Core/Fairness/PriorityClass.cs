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

    /// <summary>The class of jobs without a priority.</summary>
    public const int Normal = JobPriority.Normal - JobPriority.Low;

    /// <summary>
    /// The maximum by which jobs of unexpected length move the clock of a class, in jobs of average length.
    /// </summary>
    private const int MaxJobs = 64;

    /// <summary>The clock's pace: 64 ÷ share.</summary>
    private readonly double _pace = 1 << (2 * (Number - 1 - index));

    /// <summary>All waiters of the class in the order of their arrival, except those that have no record.</summary>
    public JobOrder<JobRecord.ClassLinks> Order;

    /// <summary>The turns of its lines.</summary>
    public LineTurns Turns { get; set; } = new RingTurns();

    /// <summary>All waiters of the class, including those with a key at its limit.</summary>
    public int Waiting { get; set; }

    public double Share { get; } = 1 << (2 * index);

    public double Clock { get; private set; }

    public static int IndexOf(JobRecord job) => job.Priority - JobPriority.Low;

    /// <summary>The class has a waiter again that may run.</summary>
    public void Begin(double startTime) => Clock = Math.Max(Clock, startTime);

    public void Charge(double work) => Clock += work * _pace;

    /// <summary>Corrects the clock when a job took more or less work than it was charged.</summary>
    public void Settle(double difference, double startTime, double meanTicks)
    {
        var max = MaxJobs * meanTicks * _pace;
        Clock = Math.Clamp(Clock + (difference * _pace), startTime - max, startTime + max);
    }

    public void Restart() => Clock = 0;
}
