namespace QueueAdmission.Cluster;

/// <summary>
/// Decides for one node and one queue when to call the store, what to write, and how many workers the node holds.
/// </summary>
/// <remarks>
/// <para>It makes no calls and has no thread. The driver, or the simulation, carries out what it decides. It is not
/// safe for several threads at once.</para>
/// <para><b>Why the limit holds.</b> The sum of <c>holds</c> in the document never rises above the limit, because a
/// node raises its own only into what the document leaves free, and a write succeeds only on the document that it was
/// computed from. A node never uses more than its <c>holds</c>: it lowers itself before it writes less, and uses more
/// only after the write. It stops before the store lets others drop its entry: its lease is counted from before the
/// reading, the store's from the reading. What breaks this chain (a document that is lost, old, or judged by another
/// clock) begins learning.</para>
/// </remarks>
internal sealed class LeaseNode
{
    private readonly ILeasedWorkers _workers;
    private readonly Func<LocalTime> _clock;
    private readonly LeaseRules _rules;
    private readonly HeldLease _lease;
    private readonly CallSchedule _schedule;
    private readonly LeaseWishes _wishes;
    private readonly LeaseLearning _learning;
    private LeaseTerms _terms;
    private LeaseDocument? _seen;
    private LeaseEntry? _reported;
    private long _sequence;
    private bool _isLeaving;

    /// <param name="id">What operators know the node by.</param>
    /// <param name="generation">
    /// Differs for each start of the process: 1 to 16 ASCII characters, without a comma.
    /// </param>
    /// <param name="workers">The workers of the queue on this node.</param>
    /// <param name="clock">Both clocks of the node.</param>
    /// <param name="random">Spreads calls, and makes creation ids.</param>
    /// <param name="hasSignals">Whether the store delivers signals.</param>
    /// <param name="terms">The settings.</param>
    /// <param name="rules">The rules that are in force: all of them, except in tests.</param>
    public LeaseNode(
        string id,
        string generation,
        ILeasedWorkers workers,
        Func<LocalTime> clock,
        Random random,
        bool hasSignals,
        LeaseTerms terms,
        LeaseRules rules = LeaseRules.All)
    {
        (Id, Generation, _workers, _clock, _terms, _rules) = (id, generation, workers, clock, terms, rules);
        _lease = new HeldLease(workers, rules);
        _schedule = new CallSchedule(random, rules);
        _wishes = new LeaseWishes(_lease, _schedule, hasSignals);
        _learning = new LeaseLearning(random, rules);
        _lease.SetFallback(FallbackWorkers());
        _lease.Lose();
    }

    public string Id { get; }

    public string Generation { get; }

    public HeldLease Lease => _lease;

    public LeaseTerms Terms => _terms;

    /// <summary>The document that was last read or written; null before.</summary>
    public LeaseDocument? Seen => _seen;

    /// <summary>What the node has last reported.</summary>
    public LeaseEntry? Reported => _reported;

    /// <summary>Why learning began at the last reading, if this node began it.</summary>
    public LearningReason LearningBegan => _learning.Began;

    /// <summary>
    /// Whether another node waits for workers of this one, so that the driver has to notice idle ones soon.
    /// </summary>
    public bool IsWatchingIdle =>
        !HasLeft && _lease.IsGiven
            && (_isLeaving || _lease.Workers > _lease.Cap || (_wishes.OthersAreHungry && _lease.Workers > 0));

    /// <summary>Whether one more waiting job may change what the node does.</summary>
    public bool IsWatchingHunger =>
        _reported is not { } reported || reported.Wants <= reported.Holds || _wishes.OthersHaveMore;

    /// <summary>Whether the node has left: its entry is gone, and it calls no more.</summary>
    public bool HasLeft { get; private set; }

    private int KnownLimit => Math.Min(_terms.Limit, _seen?.Limit ?? int.MaxValue);

    /// <summary>Applies changed settings.</summary>
    public void SetTerms(LeaseTerms terms)
    {
        if (terms == _terms)
            return;
        // With adaptive workers MaxOwn changes often. It is reported with the next renewal.
        var isNews = terms with { MaxOwn = _terms.MaxOwn } != _terms;
        _terms = terms;
        _lease.SetFallback(FallbackWorkers());
        if (isNews)
            _schedule.RenewNow();
    }

    /// <summary>Begins to leave. Idle workers are given back at once, the others as their jobs end.</summary>
    public void Leave()
    {
        _isLeaving = true;
        if (_rules.HasFlag(LeaseRules.GiveBackOnLeaving))
            _schedule.RenewNow();
    }

    /// <summary>Handles a signal of the store.</summary>
    public void OnSignal(string text)
    {
        var isForThis = text.Length == 0
            ? IsHungry(_workers.ReadDemand()) || _lease.Workers > 0
            : text.AsSpan(2).Contains(Generation, StringComparison.Ordinal);
        if (isForThis)
            _wishes.Nudge();
    }

    /// <summary>Ends the lease if its time is over. The fallback applies from then on.</summary>
    public void Expire()
    {
        if (!_lease.IsGiven || _lease.IsValid(_clock()))
            return;
        _lease.SetFallback(FallbackWorkers());
        _lease.Lose();
    }

    /// <summary>When to call next, on the monotonic clock.</summary>
    /// <param name="isRenewal">Whether the call is a renewal.</param>
    public TimeSpan NextCall(out bool isRenewal)
    {
        isRenewal = true;
        if (HasLeft && _workers.ReadDemand().Wanted == 0)
            return TimeSpan.MaxValue;
        if (HasLeft)
        {
            // A job may arrive while the program stops. It has its turn as well.
            HasLeft = false;
            _schedule.RenewNow();
        }
        var now = _clock().Monotonic;
        if (_schedule.RenewAt <= now)
            return _schedule.RenewAt;
        var wish = FindWish(_workers.ReadDemand(), now);
        isRenewal = wish >= _schedule.RenewAt;
        return isRenewal ? _schedule.RenewAt : wish;
    }

    /// <summary>A call begins: the reading is sent now.</summary>
    public LeaseAttempt Begin(bool isRenewal)
    {
        var now = _clock();
        _schedule.OnBegin(now.Monotonic);
        _wishes.OnBegin();
        return new LeaseAttempt(++_sequence, isRenewal, now);
    }

    /// <summary>The store was read.</summary>
    /// <returns>What to write; null if there is nothing to write.</returns>
    /// <exception cref="LeaseStoreException">A newer release wrote the document.</exception>
    public LeasePlan? OnRead(LeaseAttempt attempt, LeaseStoreReading reading)
    {
        if (!IsLatest(attempt))
            return null;
        var received = _clock();
        Expire();
        var now = (long)reading.Time.TotalMilliseconds;
        _learning.ObserveClock(reading.Identity, now, attempt.Sent, received, _terms.Duration);
        var read = reading.Version is null ? null : LeaseDocument.Parse(reading.Document);
        var document = _learning.Check(read, _seen, reading.Identity, now, received, _terms.Duration);
        var isLearning = now < document.LearnUntil;

        var own = document.Find(Generation);
        if (!isLearning)
            document.Nodes.RemoveAll(node => node != own && _learning.MayDrop(node, now));
        var claim = _lease.Claim(own, isLearning, received, _terms.Limit);
        var demand = _workers.ReadDemand();
        var before = own is null ? null : new { own.Holds, own.Wants };
        var mine = own ?? Join(document);
        Describe(mine, demand, claim, document);
        var shares = new FairShares(document.Nodes, document.Limit, now, _rules);
        var view = new ShareView(document.Nodes, shares, document.Nodes.IndexOf(mine), claim);
        var target = isLearning
            ? claim
            : view.Target(_isLeaving ? mine.Wants : int.MaxValue, attempt.IsRenewal, _rules);

        // In learning, and while the nodes hold more than the limit, no cap rises: what is claimed may be jobs that
        // have outlived a lease, and no other job may start in their place.
        var ceiling = isLearning || view.HeldByOthers + claim > document.Limit ? _lease.Cap : int.MaxValue;
        var cap = Math.Min(Math.Min(claim, target), ceiling);
        var holds = claim;
        if (!_rules.HasFlag(LeaseRules.LowerBeforeReporting))
        {
            holds = Math.Min(claim, demand.InUse);
        }
        else if (cap < claim)
        {
            _lease.LowerCap(cap);
            holds = Math.Min(claim, Math.Max(cap, _workers.ReadDemand().InUse));
        }
        var free = _rules.HasFlag(LeaseRules.GrowIntoFree) ? document.Limit - view.HeldByOthers : int.MaxValue;
        var granted = isLearning ? holds : Math.Max(holds, Math.Min(target, free));
        mine.Holds = granted;
        // The waiters start on what is granted. In the document they would go on waiting, and be before those of
        // others.
        if (granted >= mine.Wants)
            mine.Wait = 0;
        if (granted > cap && cap == claim)
            cap = granted;

        var quantum = TimeSpan.FromMilliseconds(Math.Max(1, QuantumLeft(mine, now)));
        _wishes.OnRead(view, view.IsContested(granted) ? received.Monotonic + quantum : null);
        var isRemoval = _isLeaving && _rules.HasFlag(LeaseRules.GiveBackOnLeaving) && granted == 0
            && demand is { InUse: 0, Wanted: 0 };
        var isHungry = mine.Wants > granted;
        var hasNews = before is null || granted != before.Holds || isRemoval
            || (isHungry && (before.Wants <= before.Holds || (mine.Wants > before.Wants && view.OwnLack(granted) > 0)))
            || (mine.Wants < before.Wants && view.OthersLack > 0);
        if (!attempt.IsRenewal && LearningBegan == LearningReason.None)
        {
            if (!hasNews)
            {
                // What was given up for others, and not taken, is still this node's.
                _lease.UseUpTo(cap);
                _wishes.OnNoNews(received.Monotonic);
                Remember(document, mine);
                return null;
            }
            if (WishWindow.IsClosed(document.Nodes, mine, now, _rules, out var left))
            {
                _schedule.Hold(received.Monotonic + left);
                // What was lowered stays lowered. The report follows.
                return null;
            }
        }
        else if (attempt is { IsRenewal: true, Refused: 0 } && LearningBegan == LearningReason.None && !_isLeaving
            && own is not null
            && now - own.At < _terms.Duration.TotalMilliseconds * 0.45
            && WishWindow.IsClosedForLate(document.Nodes, mine, now, _rules, out var closed))
        {
            // A renewal that is not late leaves the time to one that is.
            _schedule.Postpone(received.Monotonic + closed);
            return null;
        }

        // From here on the write may happen, whatever becomes of its answer: then others use what this node gave up.
        _lease.Lower(holds);
        if (before is null || granted > before.Holds)
            mine.Since = now;
        mine.Until = now + (long)_terms.Duration.TotalMilliseconds;
        mine.At = now;
        mine.Sequence = attempt.Sequence;
        document.Fence = Math.Max(document.Fence, _lease.Fence) + (granted > 0 && _lease.Fence == 0 ? 1 : 0);
        document.By = reading.Identity;
        document.Last = now;
        document.Epoch++;
        var becameHungry = isHungry && (before is null || before.Wants <= before.Holds);
        var signal = view.Signal(granted, before?.Holds ?? 0, becameHungry);
        if (isRemoval)
            document.Nodes.Remove(mine);
        var write = new LeaseStoreWrite
        {
            Version = document.Version,
            Document = document.Nodes.Count > 0 || _rules.HasFlag(LeaseRules.KeepDocument)
                ? document.ToUtf8()
                : "null"u8.ToArray(),
            KeepFor = _terms.Duration * 20,
            Signal = signal,
        };
        return new LeasePlan(reading, document, write, granted, cap, isRemoval);
    }

    /// <summary>The store has written the plan.</summary>
    public void OnWritten(LeaseAttempt attempt, LeasePlan plan)
    {
        if (!IsLatest(attempt))
            return;
        var start = _rules.HasFlag(LeaseRules.CountFromSending) ? attempt.Sent : _clock();
        _schedule.OnWritten(attempt.Sent.Monotonic, _terms.RenewAfter);
        if (plan.IsRemoval)
        {
            HasLeft = true;
            (_seen, _reported) = (plan.Document, null);
            _lease.GiveUp();
            return;
        }
        Remember(plan.Document, plan.Document.Find(Generation)!);
        _lease.SetFallback(FallbackWorkers());
        var fence = plan.Granted == 0 ? 0 : _lease.Fence != 0 ? _lease.Fence : plan.Document.Fence;
        _lease.Give(plan.Granted, plan.Cap, fence, start + (_terms.Duration - _terms.Margin));
        // The answer may have come late.
        Expire();
    }

    /// <summary>The store has refused the plan, because another node was faster.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="sent">When the refused write was sent. The store was read after that.</param>
    /// <returns>The attempt to go on with, by the reading that came with the refusal; null to give up.</returns>
    public LeaseAttempt? OnRefused(LeaseAttempt attempt, LocalTime sent)
    {
        if (!IsLatest(attempt))
            return null;
        _schedule.OnRefused(attempt.IsRenewal, _seen?.Nodes.Count ?? 1);
        // A wish that is refused again and again goes on like a renewal: the node is far, or its turn would never come.
        if (attempt.IsRenewal || _schedule.IsOvertaken)
            return attempt with { IsRenewal = true, Sent = sent, Refused = attempt.Refused + 1 };
        _wishes.Nudge();
        return null;
    }

    /// <summary>The store could not be called, or its answer is not known.</summary>
    public void OnFailed(LeaseAttempt attempt)
    {
        if (!IsLatest(attempt))
            return;
        _schedule.OnFailed(_clock().Monotonic, _terms.Duration / 10);
        // Without a lease the cap may have been lowered to what runs, for a claim that was not written.
        Expire();
        if (!_lease.IsGiven)
            _lease.Lose();
    }

    private bool IsLatest(LeaseAttempt attempt) =>
        attempt.Sequence == _sequence || !_rules.HasFlag(LeaseRules.LatestAnswer);

    private int FallbackWorkers() => _terms.Fallback.Workers(_terms.Limit, _seen?.Nodes.Count ?? 0);

    private bool IsHungry(NodeDemand demand) => Wants(demand, KnownLimit) > _lease.Workers;

    private int Wants(NodeDemand demand, int limit) =>
        (int)Math.Min(Math.Max(demand.InUse + demand.Wanted, demand.Heaviest), Math.Min(_terms.MaxOwn, limit));

    /// <summary>Whether the node leaves, and can give back workers or remove its entry.</summary>
    private bool IsGivingBack(int wants) =>
        _isLeaving && _rules.HasFlag(LeaseRules.GiveBackOnLeaving) && (_lease.Workers > wants || wants == 0);

    private long QuantumLeft(LeaseEntry mine, long now)
    {
        if (!_rules.HasFlag(LeaseRules.Quantum))
            return 1;
        var left = FairShares.QuantumMilliseconds - (now - mine.Since);
        return left > 0 ? left : FairShares.QuantumMilliseconds;
    }

    private TimeSpan FindWish(NodeDemand demand, TimeSpan now)
    {
        var wants = Wants(demand, KnownLimit);
        return _wishes.Find(
            wants, demand.InUse, _reported, IsGivingBack(wants), isAlone: _seen is not { Nodes.Count: > 1 }, now);
    }

    private LeaseEntry Join(LeaseDocument document)
    {
        var entry = new LeaseEntry { Generation = Generation };
        document.Nodes.Add(entry);
        return entry;
    }

    private void Describe(LeaseEntry mine, NodeDemand demand, int claim, LeaseDocument document)
    {
        mine.Id = Id;
        mine.Limit = _terms.Limit;
        mine.Duration = (long)_terms.Duration.TotalMilliseconds;
        mine.Settings = _terms.SettingsVersion;
        document.Limit = _rules.HasFlag(LeaseRules.SmallestLimit)
            ? document.Nodes.Where(node => node.Limit > 0).Min(node => node.Limit)
            : _terms.Limit;
        mine.Max = Math.Min(_terms.MaxOwn, document.Limit);
        mine.Wants = Wants(demand, document.Limit);
        // 0 means that no job waits.
        mine.Wait = demand.Wanted > 0 ? Math.Max(1, (long)demand.OldestWait.TotalMilliseconds) : 0;
        mine.Heaviest = demand.Heaviest;
        mine.Holds = claim;
    }

    private void Remember(LeaseDocument document, LeaseEntry mine) => (_seen, _reported) = (document, mine);
}
