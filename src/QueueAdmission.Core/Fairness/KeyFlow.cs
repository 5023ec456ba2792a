namespace QueueAdmission;

/// <summary>The account of the work that was done for one key in one class.</summary>
/// <remarks>
/// <para>The tag of a flow is the virtual time at which its next job starts: that of
/// <see cref="KeyTurns"/>. A job moves the tag on by its work, divided by the share of the key. It is charged an
/// estimate when it starts, which is the mean of the flow's jobs. While it runs longer, the time beyond the estimate
/// counts as well. When it has ended, the difference is settled.</para>
/// <para>A flow that had no waiter starts at the virtual time, if its tag is below that. A job from before that moment
/// may settle later. So the account has two parts: <c>max(before, floor) + since</c>. What is settled of earlier jobs
/// changes the first part, where it may have no effect any more.</para>
/// <para>At a moment with an idle worker no waiter is deprived of anything. What was used before it is forgotten, also
/// of jobs that still run.</para>
/// </remarks>
internal sealed class KeyFlow(KeyAccount account, int priorityClass)
{
    // The three parts of the tag, in virtual time.
    private double _before;
    private double _floor;
    private double _since;
    private int _activation;
    private int _epoch;

    // The running jobs that started after the last idle moment: their workers, the sum of workers × start, and what
    // they were charged. Those that started earlier count from that moment.
    private int _workers;
    private double _started;
    private double _charged;

    private MeanWork _mean;

    /// <summary>Its place among the flows that have a turn, or among those in debt.</summary>
    public HeapSlot Turn;

    /// <summary>Its place among the lines that overload control watches.</summary>
    public HeapSlot Watch;

    /// <summary>Why overload control watches its line.</summary>
    public WatchedLine WatchedAs;

    /// <summary>Whether its line stands.</summary>
    public StandingQueue Standing;

    public KeyAccount Account { get; } = account;

    public int PriorityClass { get; } = priorityClass;

    /// <summary>The jobs that wait or run on this account.</summary>
    public int Jobs { get; set; }

    /// <summary>The line with its waiters; null if none of them could run.</summary>
    public Line? Line { get; set; }

    /// <summary>The virtual time at which its next job starts.</summary>
    public double Tag => Math.Max(_before, _floor) + _since;

    /// <summary><see cref="Tag"/>, moved on by the time for which running jobs have exceeded their charge.</summary>
    public double TagAt(long now)
    {
        var excess = Math.Max(0, ((double)_workers * now) - _started - _charged);
        return Math.Max(_before + (excess / Account.Share), _floor) + _since;
    }

    /// <summary>Forgets the work that was done before the last idle moment.</summary>
    public void CatchUp(in IdleMoment idle)
    {
        if (_epoch == idle.Epoch)
            return;
        _epoch = idle.Epoch;
        (_before, _floor, _since) = (idle.VirtualTime, 0, 0);
        _activation++;
        (_started, _charged) = ((double)_workers * idle.At, 0);
    }

    /// <summary>Called when the flow has a job again, after it had none.</summary>
    public void Begin(double virtualTime)
    {
        _before = Tag;
        (_floor, _since) = (virtualTime, 0);
        _activation++;
    }

    /// <summary>A job starts. It is charged an estimate.</summary>
    /// <param name="job">The job.</param>
    /// <param name="workers">The workers that it gets.</param>
    /// <param name="meanTicks">The mean of all jobs, for a flow of which nothing is known.</param>
    public void Charge(JobRecord job, int workers, double meanTicks)
    {
        job.Charged = (_mean.IsKnown ? _mean.Ticks : meanTicks) * workers;
        job.Activation = _activation;
        _since += job.Charged / Account.Share;
    }

    /// <summary>A job that was charged has started.</summary>
    public void OnStarted(JobRecord job)
    {
        job.Epoch = _epoch;
        _workers += job.Workers;
        _started += (double)job.Workers * job.StartedAt;
        _charged += job.Charged;
    }

    /// <summary>A job has ended: the flow is charged its work beyond the estimate, or gets the rest back.</summary>
    public void Settle(JobRecord job, long now, in IdleMoment idle)
    {
        var (start, charged) = job.Epoch == _epoch ? (job.StartedAt, job.Charged) : (idle.At, 0);
        _workers -= job.Workers;
        _started -= (double)job.Workers * start;
        _charged -= charged;
        _mean.Learn(Math.Max(0, now - job.StartedAt));
        var difference = (((double)job.Workers * Math.Max(0, now - start)) - charged) / Account.Share;
        if (job.Activation == _activation)
            _since += difference;
        else
            _before += difference;
    }

    internal readonly struct TurnSlot : IHeapSlots<KeyFlow>
    {
        public static ref HeapSlot Of(KeyFlow item) => ref item.Turn;
    }

    internal readonly struct WatchSlot : IHeapSlots<KeyFlow>
    {
        public static ref HeapSlot Of(KeyFlow item) => ref item.Watch;
    }
}

/// <summary>The last moment at which a worker was idle and no job waited for it.</summary>
/// <param name="Epoch">The number of such moments so far.</param>
/// <param name="At">The moment, on the queue's clock.</param>
/// <param name="VirtualTime">The virtual time from then on.</param>
internal readonly record struct IdleMoment(int Epoch, long At, double VirtualTime);
