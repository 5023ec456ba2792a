namespace QueueAdmission;

/// <summary>
/// The waiters of one priority, and the virtual clock of the class, which measures the working time that the class has
/// used.
/// </summary>
/// <remarks>
/// <para>The algorithm is start-time fair queueing (Goyal, Vin, Cheng 1996). Each class has a virtual clock. A job
/// advances the clock by its work, divided by the share of the class. The class with the earliest clock is served
/// next.</para>
/// <para>When a class gets a waiter again, its clock is raised at least to the largest clock with which a class has
/// been served. So a class gains nothing while it has no waiters. While a class waits, its clock falls behind those of
/// the other classes. No class therefore waits forever.</para>
/// <para>The shares of Low, Normal, High and Critical are 1 : 4 : 16 : 64. For example, if Low and High jobs always
/// wait, they get 1/17 = 5.9 % and 16/17 = 94.1 % of the working time.</para>
/// </remarks>
internal sealed class PriorityClass(int index)
{
    public const int Number = 4;

    /// <summary>The class of jobs without a priority.</summary>
    public const int Normal = JobPriority.Normal - JobPriority.Low;

    /// <summary>
    /// The maximum correction of the clock because of jobs of unexpected length, in jobs of average length.
    /// </summary>
    private const int MaxJobs = 64;

    /// <summary>The pace of the clock: 64 ÷ share.</summary>
    private readonly double _pace = 1 << (2 * (Number - 1 - index));

    /// <summary>
    /// The waiters of the class in the order of their arrival, except those from before the fair lines.
    /// </summary>
    public JobOrder<JobRecord.ClassLinks> Order;

    /// <summary>The order in which the lines of the class are served.</summary>
    public LineTurns Turns { get; set; } = new RingTurns();

    /// <summary>The number of all waiters of the class, including those that were set aside.</summary>
    public int Waiting { get; set; }

    public double Share { get; } = 1 << (2 * index);

    public double Clock { get; private set; }

    public static int IndexOf(JobRecord job) => job.Priority - JobPriority.Low;

    /// <summary>Called when the class gets a waiter again that could start on a free worker.</summary>
    public void Begin(double startTime) => Clock = Math.Max(Clock, startTime);

    public void Charge(double work) => Clock += work * _pace;

    /// <summary>Corrects the clock if the work of a job differed from its charge.</summary>
    public void Settle(double difference, double startTime, double meanTicks)
    {
        var max = MaxJobs * meanTicks * _pace;
        Clock = Math.Clamp(Clock + (difference * _pace), startTime - max, startTime + max);
    }

    public void Restart() => Clock = 0;
}
