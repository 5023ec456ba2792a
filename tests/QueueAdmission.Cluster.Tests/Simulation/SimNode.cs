namespace QueueAdmission.Cluster.Simulation;

/// <summary>A simulated process on a machine: its clocks, its queue, and the production algorithm.</summary>
internal sealed class SimNode
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);

    private readonly SimWorld _world;
    private readonly SimStore _store;
    private readonly SimNetwork _network;
    private readonly SimSettings _settings;
    private readonly List<Action> _frozen = [];
    private readonly int _number;
    private TimeSpan _suspended;
    private TimeSpan? _suspendedAt;
    private TimeSpan _wallOffset;
    private LeaseAttempt? _inFlight;
    private long _wakes;
    private int _starts;

    public SimNode(SimWorld world, SimStore store, SimSettings settings, int number)
    {
        (_world, _store, _settings, _number) = (world, store, settings, number);
        _network = new SimNetwork(world);
        _wallOffset = world.Between(-100, 100);
        Start();
    }

    public LeaseNode Node { get; private set; } = null!;

    public SimWorkers Workers { get; private set; } = null!;

    public SimNetwork Network => _network;

    public bool IsAlive { get; private set; }

    public bool IsFrozen { get; private set; }

    /// <summary>The time at which the process was last killed. Its workers are free one lease later.</summary>
    public TimeSpan KilledAt { get; private set; } = TimeSpan.MinValue / 2;

    /// <summary>The mean time between two arrivals of jobs. Null if no jobs arrive.</summary>
    public TimeSpan? ArrivalEvery { get; set; }

    /// <summary>The time of the last event that may cost this node its lease.</summary>
    public TimeSpan DisturbedAt { get; set; }

    public int Lost { get; private set; }

    public int LostUndisturbed { get; private set; }

    public LocalTime Clock => new((_suspendedAt ?? _world.Now) - _suspended, _world.Now + _wallOffset);

    public int Starts => _starts;

    public bool IsLeaving { get; private set; }

    public bool IsQuiet => IsAlive && !IsLeaving && !IsFrozen && _world.Now - DisturbedAt > _settings.Lease * 3;

    public void Start()
    {
        IsAlive = true;
        WakeMachine();
        IsLeaving = false;
        IsFrozen = false;
        _inFlight = null;
        _frozen.Clear();
        DisturbedAt = _world.Now;
        var start = ++_starts;
        Workers = new SimWorkers(_world, () => Clock, _settings.Rules) { Service = _settings.Service };
        Node = new LeaseNode(
            $"n{_number}", $"n{_number}g{start}", Workers, () => Clock, _world.Random, _settings.HasSignals, Terms(),
            _settings.Rules);
        Node.Lease.OnLost = () =>
        {
            Lost++;
            _world.Tell($"{Node.Generation} lost its lease");
            if (IsQuiet && !Node.HasLeft)
                LostUndisturbed++;
            Workers.Orphan();
        };
        Workers.OnChanged = Pump;
        Workers.RunOnNode = action => OnNode(start, action);
        Pump();
        ComeNext(start);
    }

    public void SetLimit(int limit)
    {
        Limit = limit;
        if (IsAlive)
            Node.SetTerms(Terms());
        Pump();
    }

    public int? Limit { get; private set; }

    public void Kill()
    {
        IsAlive = false;
        KilledAt = _world.Now;
        _world.Tell($"{Node.Generation} is killed");
        Workers.Kill();
    }

    public void Leave()
    {
        IsLeaving = true;
        Workers.Clear();
        Node.Leave();
        Pump();
    }

    public void Freeze()
    {
        _world.Tell($"{Node.Generation} freezes");
        IsFrozen = true;
    }

    /// <summary>
    /// Continues a frozen process. Timers and messages that were due meanwhile take effect now, in random order.
    /// </summary>
    public void Thaw()
    {
        if (!IsFrozen)
            return;
        IsFrozen = false;
        DisturbedAt = _world.Now;
        _world.Tell($"{Node.Generation} goes on, suspended: {_suspendedAt is not null}");
        WakeMachine();
        foreach (var action in _frozen.OrderBy(_ => _world.Random.Next()).ToList())
        {
            _world.After(TimeSpan.FromMicroseconds(_world.Random.Next(500)), action);
        }
        _frozen.Clear();
        _world.After(TimeSpan.FromMicroseconds(_world.Random.Next(2_000)), Pump);
    }

    /// <summary>Suspends the machine, whose monotonic clock then stops.</summary>
    public void Suspend()
    {
        Freeze();
        _suspendedAt = _world.Now;
    }

    public void StepWall(TimeSpan step)
    {
        _wallOffset += step;
        _world.Tell($"{Node.Generation} steps its wall clock {step}");
        DisturbedAt = _world.Now;
    }

    public void OnSignal(string text) => OnNode(_starts, () =>
    {
        Node.OnSignal(text);
        Pump();
    });

    /// <summary>Marks the running jobs as belonging to no lease if the lease has ended.</summary>
    public void Judge()
    {
        if (!Node.Lease.IsGiven || !Node.Lease.End.IsOver(Clock))
            return;
        Workers.Orphan();
    }

    private void WakeMachine()
    {
        if (_suspendedAt is not { } since)
            return;
        _suspended += _world.Now - since;
        _suspendedAt = null;
    }

    private void Pump()
    {
        if (!IsAlive || IsFrozen)
            return;
        Node.Expire();
        if (_inFlight is not null || Node.HasLeft)
            return;
        var due = Node.NextCall(out var isRenewal);
        var now = Clock.Monotonic;
        if (due <= now)
        {
            Call(isRenewal);
            return;
        }
        if (Node.Lease.IsGiven && Node.Lease.End.Monotonic < due && Node.Lease.End.Monotonic > now)
            due = Node.Lease.End.Monotonic;
        var wake = ++_wakes;
        var start = _starts;
        _world.After(due - now + TimeSpan.FromMicroseconds(_world.Random.Next(300)), () => OnNode(start, () =>
        {
            if (wake == _wakes)
                Pump();
        }));
    }

    private void Call(bool isRenewal)
    {
        var attempt = Node.Begin(isRenewal);
        _inFlight = attempt;
        var (waiting, inUse) = (Workers.Waiting, Workers.InUse);
        _world.Tell(
            $"{Node.Generation} calls, seq {attempt.Sequence} renewal {isRenewal} waiting {waiting} in use {inUse}");
        Guard(attempt);
        _network.Send(
            () => _store.IsAway ? null : _store.Read(), reading => OnNode(attempt, () => OnRead(attempt, reading)));
    }

    /// <summary>Ends a call at the time limit of the client. The message may still arrive later.</summary>
    private void Guard(LeaseAttempt attempt)
    {
        var start = _starts;
        _world.After(CallTimeout, () => OnNode(start, () =>
        {
            if (!ReferenceEquals(_inFlight, attempt))
                return;
            _inFlight = null;
            Node.OnFailed(attempt);
            Pump();
        }));
    }

    private void OnRead(LeaseAttempt attempt, LeaseStoreReading reading)
    {
        var plan = Node.OnRead(attempt, reading);
        if (plan is null)
        {
            Finish(attempt);
            return;
        }
        if (!ReferenceEquals(_inFlight, attempt) && _settings.Rules.HasFlag(LeaseRules.LatestAnswer))
            return;
        var sent = Clock;
        _network.Send<object>(
            () => _store.IsAway ? null : _store.Write(plan.Expected, plan.Write) ?? (object)true,
            answer => OnNode(attempt, () => OnAnswer(attempt, plan, sent, answer as LeaseStoreReading)));
    }

    private void OnAnswer(LeaseAttempt attempt, LeasePlan plan, LocalTime sent, LeaseStoreReading? refused)
    {
        if (refused is null)
        {
            Node.OnWritten(attempt, plan);
            var (lease, sequence) = (Node.Lease, attempt.Sequence);
            _world.Tell(
                $"{Node.Generation} has {lease.Workers} cap {lease.Cap} seq {sequence} renewal {attempt.IsRenewal}");
            Finish(attempt);
            return;
        }
        if (Node.OnRefused(attempt, sent) is { } again)
        {
            if (ReferenceEquals(_inFlight, attempt))
            {
                _inFlight = again;
                Guard(again);
                OnRead(again, refused);
            }
            return;
        }
        Finish(attempt);
    }

    private void Finish(LeaseAttempt attempt)
    {
        if (ReferenceEquals(_inFlight, attempt))
            _inFlight = null;
        Pump();
    }

    private void OnNode(LeaseAttempt attempt, Action action)
    {
        _ = attempt;
        OnNode(_starts, action);
    }

    private void OnNode(int start, Action action)
    {
        if (!IsAlive || start != _starts)
            return;
        if (IsFrozen)
            _frozen.Add(() => OnNode(start, action));
        else
            action();
    }

    private void ComeNext(int start)
    {
        var every = ArrivalEvery ?? TimeSpan.FromMilliseconds(200);
        _world.After(_world.Exponential(every), () =>
        {
            if (!IsAlive || start != _starts)
                return;
            if (ArrivalEvery is not null && !IsLeaving)
                OnNode(start, Workers.Arrive);
            ComeNext(start);
        });
    }

    private LeaseTerms Terms() =>
        new(Limit ?? _settings.Limit, _settings.MaxOwn, _settings.Lease, _settings.Fallback, "s");
}
