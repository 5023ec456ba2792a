namespace QueueAdmission;

/// <summary>A flow: the account of the work that was done for one key in one priority class.</summary>
/// <remarks>
/// <para>The tag of a flow is the time at which its next job starts, on the virtual clock of <see cref="KeyTurns"/>. A
/// job advances the tag by its work, divided by the share of the key. When the job starts, the flow is charged an
/// estimate: the mean work of its jobs. If the flow's running jobs exceed their estimates, the excess counts as well.
/// When a job has ended, the difference between its work and its estimate is settled.</para>
/// <para>When a flow gets a waiter again, its tag is raised at least to the virtual time (<c>floor</c>). A job that
/// started before that may end later. The tag therefore has two parts: <c>max(before, floor) + since</c>. The
/// settlement of such an earlier job changes only <c>before</c>. It has no effect as long as <c>before</c> is below
/// <c>floor</c>.</para>
/// <para>At a moment at which a worker is idle and no job waits for it, no key takes anything from another. All work
/// from before that moment is forgotten, including that of jobs that still run.</para>
/// </remarks>
internal sealed class KeyFlow(KeyAccount account, int priorityClass)
{
    // The three components of the tag, in virtual time.
    private double _before;
    private double _floor;
    private double _since;
    private int _activation;
    private int _epoch;

    // Sums over the running jobs: their workers, workers × start time, and their charges. For a job that started before
    // the last idle moment, that moment counts as its start, and its charge as 0.
    private int _workers;
    private double _started;
    private double _charged;

    private MeanWork _mean;

    /// <summary>The flow's position in the heap of flows with waiters, or in the heap of flows with debts.</summary>
    public HeapSlot Turn;

    /// <summary>The flow's position in the heaps of overload control: see <see cref="LineWatch"/>.</summary>
    public HeapSlot Watch;

    /// <summary>The reason why overload control watches the flow's line.</summary>
    public WatchedLine WatchedAs;

    /// <summary>The detector of a standing queue in the flow's line.</summary>
    public StandingQueue Standing;

    public KeyAccount Account { get; } = account;

    public int PriorityClass { get; } = priorityClass;

    /// <summary>The number of jobs that wait or run on this account.</summary>
    public int Jobs { get; set; }

    /// <summary>The line with the flow's waiters. Null if none of them could start on a free worker.</summary>
    public Line? Line { get; set; }

    /// <summary>The virtual time at which the flow's next job starts.</summary>
    public double Tag => Math.Max(_before, _floor) + _since;

    /// <summary>
    /// Returns <see cref="Tag"/>, advanced by the work with which running jobs have exceeded their charges.
    /// </summary>
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

    /// <summary>
    /// Raises the tag at least to the virtual time. Called when the flow's line gets its first waiter, and when a job
    /// starts at once while the flow has no line.
    /// </summary>
    public void Begin(double virtualTime)
    {
        _before = Tag;
        (_floor, _since) = (virtualTime, 0);
        _activation++;
    }

    /// <summary>Charges the flow an estimate of the work of a job that starts.</summary>
    /// <param name="job">The job.</param>
    /// <param name="workers">The number of workers that the job gets.</param>
    /// <param name="meanTicks">The mean work of all jobs. Used if no job of the flow has ended yet.</param>
    public void Charge(JobRecord job, int workers, double meanTicks)
    {
        job.Charged = (_mean.IsKnown ? _mean.Ticks : meanTicks) * workers;
        job.Activation = _activation;
        _since += job.Charged / Account.Share;
    }

    /// <summary>Called when a job that was charged has started.</summary>
    public void OnStarted(JobRecord job)
    {
        job.Epoch = _epoch;
        _workers += job.Workers;
        _started += (double)job.Workers * job.StartedAt;
        _charged += job.Charged;
    }

    /// <summary>Replaces the estimate of a job that has ended by its measured work.</summary>
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

/// <summary>The most recent moment at which a worker was idle and no job waited for it.</summary>
/// <param name="Epoch">The number of such moments so far.</param>
/// <param name="At">The time of the moment, on the queue's clock.</param>
/// <param name="VirtualTime">The virtual time after the moment.</param>
internal readonly record struct IdleMoment(int Epoch, long At, double VirtualTime);
