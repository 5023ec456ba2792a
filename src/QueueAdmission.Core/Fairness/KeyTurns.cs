namespace QueueAdmission;

/// <summary>The order in which the keys of one priority class are served. The keys share the workers by time.</summary>
/// <remarks>
/// <para>The algorithm is start-time fair queueing (Goyal, Vin, Cheng 1996). The flow (see <see cref="KeyFlow"/>) with
/// the smallest tag is next. The virtual time is the largest tag with which a waiter has started so far.</para>
/// <para>When a flow gets a waiter again, its tag is raised at least to the virtual time, so a flow gains nothing while
/// it has no waiters. If a flow has no jobs and its tag is above the virtual time, the flow owes work. Its debt lasts
/// until the virtual time has passed the tag.</para>
/// <para>When a worker is idle and no job waits, the virtual time is raised to the largest tag, as at the end of a busy
/// period in the article. No flow owes work then.</para>
/// <para>The cost of a decision is O(log n) in the number of flows.</para>
/// </remarks>
internal sealed class KeyTurns(KeyBook book) : LineTurns
{
    // Flows with a waiter that could start on a free worker.
    private readonly IndexedHeap<KeyFlow, KeyFlow.TurnSlot> _ready = new();

    // Flows that have no jobs but owe work, the smallest debt first.
    private readonly IndexedHeap<KeyFlow, KeyFlow.TurnSlot> _debts = new();
    private double _virtualTime;
    private double _lastTag;
    private IdleMoment _idle;

    private bool _isOn;

    /// <summary>
    /// Whether the keys share the workers by time. If not, debts are forgotten, and a flow is removed when its last job
    /// has ended.
    /// </summary>
    public bool IsOn
    {
        get => _isOn;
        set
        {
            _isOn = value;
            while (!value && _debts.First is { } flow)
                ForgetDebt(flow);
        }
    }

    public override int Count => _ready.Count;

    public int Debts => _debts.Count;

    /// <summary>
    /// The number of moves of flows in the heaps so far. Tests count these steps instead of measuring time.
    /// </summary>
    public long Steps => _ready.Steps + _debts.Steps;

    /// <summary>The smallest debt of a flow without jobs, in virtual time. Null if there is none.</summary>
    public double? SmallestDebt => _debts.First is { } flow ? flow.Turn.Key - _virtualTime : null;

    public override Line? Next(long now)
    {
        while (_ready.First is { } flow)
        {
            // Running jobs may have exceeded their charges since the tag was stored. That can only increase the tag.
            flow.CatchUp(_idle);
            var tag = flow.TagAt(now);
            if (tag <= flow.Turn.Key)
                return flow.Line;
            _ready.Update(flow, tag, isLast: false);
        }
        return null;
    }

    public override void Join(Line line, long now)
    {
        var flow = line.Flow!;
        flow.CatchUp(_idle);
        flow.Begin(_virtualTime);
        flow.Line = line;
        _ready.Add(flow, flow.TagAt(now));
    }

    public override void Leave(Line line)
    {
        _ready.Remove(line.Flow!);
        line.Flow!.Line = null;
    }

    public override void OnServed(Waiter waiter, int workers, double meanTicks, long now)
    {
        var (job, flow) = (waiter.Job!, waiter.Job!.Flow!);
        flow.CatchUp(_idle);
        _virtualTime = Math.Max(_virtualTime, flow.TagAt(now));
        Charge(flow, job, workers, meanTicks);
        if (flow.Line is not null)
            _ready.Update(flow, flow.TagAt(now), isLast: true);
        ForgetPaidDebts();
    }

    public override void Enter(JobRecord job, Line line)
    {
        // If the partition belongs to another key, the job waits on the account of that key, which is also charged.
        var flow = line.Partition!.Owner!.FlowOf(PriorityClass.IndexOf(job));
        line.Flow = flow;
        Enter(job, flow);
    }

    /// <summary>Removes a job that neither waits nor runs any more from its flow.</summary>
    public void Exit(JobRecord job)
    {
        if (job.Flow is not { } flow)
            return;
        job.Flow = null;
        if (--flow.Jobs > 0)
            return;
        flow.CatchUp(_idle);
        if (_isOn && flow.Tag > _virtualTime)
            _debts.Add(flow, flow.Tag);
        else
            Forget(flow);
    }

    public override void OnStarted(JobRecord job, double meanTicks)
    {
        if (job.Flow is not { } flow)
        {
            // The job did not wait.
            flow = job.Account!.FlowOf(PriorityClass.IndexOf(job));
            Enter(job, flow);
            flow.CatchUp(_idle);
            if (flow.Line is null)
                flow.Begin(_virtualTime);
            Charge(flow, job, job.Workers, meanTicks);
            if (flow.Line is not null)
                _ready.Update(flow, flow.Tag, isLast: true);
        }
        flow.OnStarted(job);
    }

    /// <summary>Called when a job has ended.</summary>
    public void OnFinished(JobRecord job, long now)
    {
        if (job.Flow is not { } flow)
            return;
        flow.CatchUp(_idle);
        flow.Settle(job, now, _idle);
        _lastTag = Math.Max(_lastTag, flow.Tag);
        if (flow.Line is not null)
            _ready.Update(flow, flow.TagAt(now), isLast: false);
        Exit(job);
        ForgetPaidDebts();
    }

    public override void OnIdle(long now)
    {
        _virtualTime = Math.Max(_virtualTime, _lastTag);
        _idle = new IdleMoment(_idle.Epoch + 1, now, _virtualTime);
        ForgetPaidDebts();
    }

    /// <summary>Forgets the smallest debt, because there are too many.</summary>
    public void ForgetSmallestDebt()
    {
        if (_debts.First is { } flow)
            ForgetDebt(flow);
    }

    private void Enter(JobRecord job, KeyFlow flow)
    {
        job.Flow = flow;
        if (flow.Jobs++ == 0 && flow.Turn.IsTaken)
            _debts.Remove(flow);
    }

    private void Charge(KeyFlow flow, JobRecord job, int workers, double meanTicks)
    {
        flow.Charge(job, workers, meanTicks);
        _lastTag = Math.Max(_lastTag, flow.Tag);
    }

    /// <summary>
    /// Forgets debts that the virtual time has passed: at most two in each call. Since a decision adds at most one
    /// debt, paid debts do not accumulate.
    /// </summary>
    private void ForgetPaidDebts()
    {
        for (var i = 0; i < 2 && _debts.First is { } flow && flow.Turn.Key <= _virtualTime; i++)
            ForgetDebt(flow);
    }

    private void ForgetDebt(KeyFlow flow)
    {
        _debts.Remove(flow);
        Forget(flow);
    }

    private void Forget(KeyFlow flow)
    {
        flow.Account.Forget(flow);
        book.RemoveIfDone(flow.Account);
    }
}
