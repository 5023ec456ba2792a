namespace QueueAdmission.Cluster;

/// <summary>
/// Decides for one node and one queue when to call the store, what to write, and how many workers the node holds.
/// </summary>
/// <remarks>
/// <para>This class makes no calls and has no thread. The driver, or the simulation in tests, carries out its
/// decisions. The class is not thread-safe.</para>
/// <para><b>Why the limit holds.</b> No write raises the sum of <c>holds</c> in the document above the limit. A node
/// raises its own <c>holds</c> only by workers that are free in the document. The write succeeds only if the document
/// is still the version from which the write was computed. A node never uses more than its <c>holds</c>: it lowers its
/// cap before it writes a smaller number, and raises its cap only after it has written a larger number.</para>
/// <para>A node stops using its lease before other nodes may drop its entry. It counts the lease from before the
/// reading was requested. The end in the document counts from the reading, which is later. This argument fails if the
/// document is lost, is outdated, or is judged by another clock. In these cases, learning begins.</para>
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

    /// <param name="id">The name of the node that operators see.</param>
    /// <param name="generation">
    /// An identifier that differs for each start of the process: 1 to 16 ASCII characters, without a comma.
    /// </param>
    /// <param name="workers">The workers of the queue on this node.</param>
    /// <param name="clock">Reads both clocks of the node.</param>
    /// <param name="random">Spreads calls over time and generates creation ids.</param>
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

    /// <summary>The document that was last read or written. Null if there was none yet.</summary>
    public LeaseDocument? Seen => _seen;

    /// <summary>The entry that the node has last reported. Null if there is none.</summary>
    public LeaseEntry? Reported => _reported;

    /// <summary>
    /// The reason for learning if this node began it at the last reading. Otherwise <see cref="LearningReason.None"/>.
    /// </summary>
    public LearningReason LearningBegan => _learning.Began;

    /// <summary>
    /// Whether the driver has to notice idle workers soon, because another node waits for them or this node is leaving.
    /// </summary>
    public bool IsWatchingIdle =>
        !HasLeft && _lease.IsGiven
            && (_isLeaving || _lease.Workers > _lease.Cap || (_wishes.OthersAreHungry && _lease.Workers > 0));

    /// <summary>Whether a further waiting job may change the next decision of this node.</summary>
    public bool IsWatchingHunger =>
        _reported is not { } reported || reported.Wants <= reported.Holds || _wishes.OthersHaveMore;

    /// <summary>Whether the node has left: its entry has been removed, and it makes no more calls.</summary>
    public bool HasLeft { get; private set; }

    private int KnownLimit => Math.Min(_terms.Limit, _seen?.Limit ?? int.MaxValue);

    /// <summary>Applies changed settings.</summary>
    public void SetTerms(LeaseTerms terms)
    {
        if (terms == _terms)
            return;
        // With adaptive workers, MaxOwn changes often. Such a change is reported with the next renewal.
        var isNews = terms with { MaxOwn = _terms.MaxOwn } != _terms;
        _terms = terms;
        _lease.SetFallback(FallbackWorkers());
        if (isNews)
            _schedule.RenewNow();
    }

    /// <summary>Begins to leave. Idle workers are returned at once, the others when their jobs end.</summary>
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

    /// <summary>Ends the lease if it has expired. The fallback applies from then on.</summary>
    public void Expire()
    {
        if (!_lease.IsGiven || _lease.IsValid(_clock()))
            return;
        _lease.SetFallback(FallbackWorkers());
        _lease.Lose();
    }

    /// <summary>Returns the time of the next call, on the monotonic clock.</summary>
    /// <param name="isRenewal">Whether that call is a renewal.</param>
    public TimeSpan NextCall(out bool isRenewal)
    {
        isRenewal = true;
        if (HasLeft && _workers.ReadDemand().Wanted == 0)
            return TimeSpan.MaxValue;
        if (HasLeft)
        {
            // A job may arrive while the application stops. The node then joins again, so that the job can run.
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

    /// <summary>Begins a call. The reading is requested now.</summary>
    public LeaseAttempt Begin(bool isRenewal)
    {
        var now = _clock();
        _schedule.OnBegin(now.Monotonic);
        _wishes.OnBegin();
        return new LeaseAttempt(++_sequence, isRenewal, now);
    }

    /// <summary>Decides what to write after the store has been read.</summary>
    /// <returns>The write to make, or null if there is nothing to write.</returns>
    /// <exception cref="LeaseStoreException">
    /// A newer release has written a document that this release must not change.
    /// </exception>
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

        // During learning, and while the nodes hold more than the limit, the cap does not rise. The claimed workers may
        // run jobs that have outlived a lease. No other job may start in their place.
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
        // The waiting jobs start on the granted workers. If the document still listed their waiting time, they would be
        // preferred to the waiting jobs of other nodes.
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
                // Workers that were offered to other nodes but not taken still belong to this node.
                _lease.UseUpTo(cap);
                _wishes.OnNoNews(received.Monotonic);
                Remember(document, mine);
                return null;
            }
            if (WishWindow.IsClosed(document.Nodes, mine, now, _rules, out var left))
            {
                _schedule.Hold(received.Monotonic + left);
                // The cap stays lowered. A later call reports the smaller number.
                return null;
            }
        }
        else if (attempt is { IsRenewal: true, Refused: 0 } && LearningBegan == LearningReason.None && !_isLeaving
            && own is not null
            && now - own.At < _terms.Duration.TotalMilliseconds * 0.45
            && WishWindow.IsClosedForLate(document.Nodes, mine, now, _rules, out var closed))
        {
            // A renewal that is not late makes room for a late renewal of another node.
            _schedule.Postpone(received.Monotonic + closed);
            return null;
        }

        // From here on, the write may take effect even if its answer is lost. Other nodes may then use the workers that
        // this node has given up.
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

    /// <summary>Applies the plan after the store has written it.</summary>
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
        // The answer may have arrived so late that the lease has already ended.
        Expire();
    }

    /// <summary>Handles a refused write: another node has written first.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="sent">The time at which the refused write was sent. The store was read after this time.</param>
    /// <returns>
    /// The attempt to continue with, based on the reading that came with the refusal. Null to give up.
    /// </returns>
    public LeaseAttempt? OnRefused(LeaseAttempt attempt, LocalTime sent)
    {
        if (!IsLatest(attempt))
            return null;
        _schedule.OnRefused(attempt.IsRenewal, _seen?.Nodes.Count ?? 1);
        // A wish that is refused repeatedly continues like a renewal. Otherwise a node with a slow connection to the
        // store would never succeed.
        if (attempt.IsRenewal || _schedule.IsOvertaken)
            return attempt with { IsRenewal = true, Sent = sent, Refused = attempt.Refused + 1 };
        _wishes.Nudge();
        return null;
    }

    /// <summary>Handles a failed call: the store could not be reached, or its answer is unknown.</summary>
    public void OnFailed(LeaseAttempt attempt)
    {
        if (!IsLatest(attempt))
            return;
        _schedule.OnFailed(_clock().Monotonic, _terms.Duration / 10);
        // Without a lease, the cap may have been lowered to the number of running jobs, for a claim that was not
        // written.
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

    /// <summary>Returns true if the node is leaving and can return workers or remove its entry.</summary>
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
        // The value 0 is reserved for "no job waits".
        mine.Wait = demand.Wanted > 0 ? Math.Max(1, (long)demand.OldestWait.TotalMilliseconds) : 0;
        mine.Heaviest = demand.Heaviest;
        mine.Holds = claim;
    }

    private void Remember(LeaseDocument document, LeaseEntry mine) => (_seen, _reported) = (document, mine);
}
