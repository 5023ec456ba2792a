using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred.Running.Histories;

/// <summary>
/// A random history of connections that wait for the outcomes of their jobs. Requests arrive, are stored and leave, two
/// nodes run jobs, and callers cancel jobs. The store may become unreachable, and the clock advances.
/// </summary>
/// <remarks>
/// An operation that takes several calls in the application takes several steps here. Other steps may run between them,
/// and also before and after each lookup in the store. The guarantees are checked after every step.
/// </remarks>
internal sealed class OutcomesHistory : IDisposable
{
    private const int Steps = 80;
    private const int MaxRequests = 8;

    private static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(600);
    private static readonly DeferredMetrics Metrics = new(meters: null, () => [], TimeProvider.System);

    private readonly HistoryRandom _random;
    private readonly FakeTimeProvider _clock = new();
    private readonly HistoryStore _store;
    private readonly Outcomes _outcomes;
    private readonly RequestSlots _slots = new();
    private readonly HistoryTrace _trace;
    private readonly List<WaitedJob> _jobs = [];
    private readonly List<WaitingRequest> _requests = [];
    private readonly List<WaitingRequest> _left = [];
    private readonly List<WaitedJob> _cancelledHere = [];

    // The results of one call by the node's thread. The store has these ends and claims, but the waits do not know them
    // yet.
    private List<(WaitedJob Job, JobEnd End, bool Counted)>? _ends;
    private List<WaitedJob>? _claims;
    private bool _isStopped;
    private bool _isNested;
    private bool _isInClock;
    private DateTimeOffset _backSince;

    public OutcomesHistory(int seed)
    {
        _random = new HistoryRandom(seed);
        _trace = new HistoryTrace(seed, _clock);
        _store = new HistoryStore(_jobs, StepBetween);
        var access = new JobStoreAccess(
            _store, isIntake: true, () => throw new NotSupportedException(), Metrics, _clock, NullLogger.Instance);
        _outcomes = new Outcomes(access, _clock);
        _backSince = Now;
    }

    /// <summary>The number of waits that have ended.</summary>
    public int Told { get; private set; }

    private DateTimeOffset Now => _clock.GetUtcNow();

    public void Dispose()
    {
        _outcomes.Dispose();
        _store.Dispose();
    }

    public void Run()
    {
        for (var i = 0; i < Steps; i++)
        {
            Step();
            Check();
        }
        while (_requests.Count > 0)
        {
            Leave(_requests[0]);
            Check();
        }
        var finds = _store.Finds;
        Advance(10 * Outcomes.LookUpInterval);
        Check();
        _trace.Require(_store.Finds == finds, "A job is looked up, and no connection waits.");
    }

    private void Step()
    {
        switch (_random.Next(20))
        {
            case < 4:
                Come();
                break;
            case < 6:
                Commit();
                break;
            case < 9:
                Answer();
                break;
            case < 13:
                StepNode();
                break;
            case < 14:
                StepElsewhere();
                break;
            case < 15:
                Cancel();
                break;
            case < 17 when !_isInClock:
                Advance(LongestStep * _random.NextDouble());
                break;
            case < 18:
                LeaveOrEnd();
                break;
            case < 19:
                _store.IsAway = !_store.IsAway;
                _backSince = Now;
                _trace.Add(_store.IsAway ? "the store goes away" : "the store comes back");
                break;
            case 19 when _random.Next(20) == 0:
                _trace.Add("the application stops");
                _isStopped = true;
                _outcomes.Stop();
                break;
            default:
                break;
        }
    }

    private void Come()
    {
        if (_requests.Count == MaxRequests)
        {
            return;
        }
        _trace.Require(_slots.TryTake(int.MaxValue), "There is no slot.");
        var time = TimeSpan.FromMilliseconds(_random.Next(100, 4_000));
        var id = _random.NextGuid();
        var request = new WaitingRequest(id, Now + time) { FreeSince = Now, Wait = _outcomes.Wait(id, time, _slots) };
        _requests.Add(request);
        _trace.Add($"request {request.Name} waits until {request.Deadline:ss.fff}");
    }

    /// <summary>Lets the store decide about a registered request.</summary>
    private void Commit()
    {
        if (_random.Pick(_requests, request => request.Verdict == StoreVerdict.None) is not { } request)
        {
            return;
        }
        var earlier = _random.Next(3) == 0 ? _random.Pick(_jobs, _ => true) : null;
        request.Verdict = earlier is not null ? StoreVerdict.Repetition
            : _random.Next(8) == 0 ? StoreVerdict.Refused
            : StoreVerdict.New;
        if (request.Verdict == StoreVerdict.New)
        {
            earlier = new WaitedJob(request.Id);
            _jobs.Add(earlier);
        }
        request.Job = earlier;
        _trace.Add($"the store has request {request.Name}: {request.Verdict} {earlier?.Name}");
    }

    /// <summary>Informs a request of the decision of the store.</summary>
    private void Answer()
    {
        if (_random.Pick(_requests, request => request.AwaitsAnswer) is not { } request)
        {
            return;
        }
        request.IsAnswered = true;
        _trace.Add($"request {request.Name} has its answer");
        if (request.Verdict == StoreVerdict.Refused)
        {
            Leave(request);
        }
        else if (request.Verdict == StoreVerdict.Repetition)
        {
            var isOver = request.Job!.Place == JobPlace.Ended;
            var failures = _store.Failures;
            (request.IsBusy, request.RunsHere, request.FreeSince) = (true, false, Now);
            request.Id = request.Job.Id;
            request.Wait.MoveTo(request.Id);
            request.IsBusy = false;
            _trace.Require(
                !isOver || _store.Failures > failures || request.Wait.HasEnded,
                $"{request.Name} does not know an end that was there before.");
        }
    }

    /// <summary>
    /// Runs a part of the work of this node's thread: it writes ends and claims jobs in one call, then reports the
    /// ends, and then the claims.
    /// </summary>
    private void StepNode()
    {
        if (_ends is { } ends)
        {
            _ends = null;
            _trace.Add($"this node tells {ends.Count} ends");
            foreach (var (job, end, _) in ends)
            {
                foreach (var request in WaitingFor(job))
                {
                    (request.RunsHere, request.FreeSince) = (false, Now);
                }
            }
            _outcomes.OnEnded(ends.ConvertAll(end => end.End), ends.ConvertAll(end => end.Counted));
            foreach (var (job, _, _) in ends.Where(
                end => end is { Counted: true, End.Kind: JobEndKind.Done or JobEndKind.Dead }))
            {
                _trace.Require(AreAllTold(job), $"Not all are told the end of {job.Name}.");
            }
        }
        else if (_claims is { } claims)
        {
            _claims = null;
            _trace.Add($"this node tells {claims.Count} claims");
            foreach (var request in claims.SelectMany(WaitingFor))
            {
                request.RunsHere = true;
            }
            _outcomes.OnClaimed(claims.ConvertAll(job => Claims.Of(job.Id)));
        }
        else if (!_store.IsAway)
        {
            _ends = [.. _jobs.Where(job => job.IsClaimedHere && _random.Next(2) == 0).Select(EndHere)];
            _claims = [.. _jobs.Where(
                job => job is { Place: JobPlace.Waiting, IsClaimedHere: false } && _random.Next(2) == 0)];
            _claims.ForEach(job => (job.Place, job.IsClaimedHere) = (JobPlace.Here, true));
            _trace.Add($"this node ends {Names(_ends.Select(end => end.Job))}, claims {Names(_claims)}");
        }
    }

    private (WaitedJob Job, JobEnd End, bool Counted) EndHere(WaitedJob job)
    {
        var kind = (JobEndKind)_random.Next(4);
        var counted = job.Place == JobPlace.Here;
        var result = kind == JobEndKind.Done ? _random.NextResult() : null;
        var end = new JobEnd { Id = job.Id, Queue = "posts", Claim = 1, Kind = kind, Result = result };
        job.IsClaimedHere = false;
        if (counted)
        {
            job.End(kind, end.Result, Now);
        }
        return (job, end, counted);
    }

    /// <summary>
    /// Lets another node end one of its jobs, or take over a job. This node may not know yet that it has lost the job.
    /// </summary>
    private void StepElsewhere()
    {
        if (_store.IsAway || _random.Pick(_jobs, job => job.Place != JobPlace.Ended) is not { } job)
        {
            return;
        }
        if (job.Place == JobPlace.Elsewhere)
        {
            job.End((JobEndKind)_random.Next(4), _random.NextResult(), Now);
            _trace.Add($"another node ends {job.Name}: {job.State}");
        }
        else
        {
            job.Place = JobPlace.Elsewhere;
            _trace.Add($"another node takes {job.Name}");
        }
    }

    /// <summary>
    /// Cancels a job, either at this node, which reports the cancellation in a later step, or at another node.
    /// </summary>
    private void Cancel()
    {
        if (_cancelledHere.Count > 0)
        {
            var cancelled = _cancelledHere[0];
            _cancelledHere.RemoveAt(0);
            _trace.Add($"this node tells that {cancelled.Name} is cancelled");
            WaitingFor(cancelled).ForEach(request => (request.RunsHere, request.FreeSince) = (false, Now));
            _outcomes.OnCancelled(cancelled.Id);
            _trace.Require(AreAllTold(cancelled), $"Not all are told that {cancelled.Name} is cancelled.");
        }
        else if (!_store.IsAway && _random.Pick(_jobs, job => job.Place == JobPlace.Waiting) is { } job)
        {
            job.Cancel(Now);
            _trace.Add($"{job.Name} is cancelled");
            if (_random.Next(2) == 0)
            {
                _cancelledHere.Add(job);
            }
        }
    }

    private void Advance(TimeSpan time)
    {
        _trace.Add($"{time.TotalMilliseconds:0} ms");
        _isInClock = true;
        _clock.Advance(time);
        _isInClock = false;
    }

    private void LeaveOrEnd()
    {
        if (_random.Pick(_requests, request => request.MayLeave) is not { } request)
        {
            return;
        }
        // A request whose filters replace the answer leaves although its client is still connected.
        if (!request.Wait.HasEnded && _random.Next(2) == 0)
        {
            request.IsAborted = true;
            using var aborting = new CancellationTokenSource();
            _ = request.Wait.WhenEndedAsync(aborting.Token);
            aborting.Cancel();
            _trace.Require(request.Wait.HasEnded, $"{request.Name} waits without its client.");
        }
        Leave(request);
    }

    private void Leave(WaitingRequest request)
    {
        _trace.Add($"request {request.Name} leaves");
        CheckOutcome(request);
        request.Wait.Dispose();
        _requests.Remove(request);
        _left.Add(request);
        // A lookup that has already started may still end the wait, although its connection no longer exists.
        request.MayEnd = _isNested || request.Wait.HasEnded;
    }

    private void Check()
    {
        _trace.Require(
            _outcomes.Count == _requests.Count, $"{_outcomes.Count} waits, but {_requests.Count} connections.");
        _trace.Require(_slots.Taken == _requests.Count, $"{_slots.Taken} slots, but {_requests.Count} connections.");
        foreach (var request in _requests)
        {
            CheckOutcome(request);
            if (request.Wait.HasEnded)
            {
                continue;
            }
            _trace.Require(Now < request.Deadline && !_isStopped, $"{request.Name} waits beyond its time.");
            var known = request is { RunsHere: false, Job.Place: JobPlace.Ended }
                && request.Id == request.Job.Id && !_store.IsAway
                ? Max(request.Job.EndedAt, request.FreeSince, _backSince)
                : DateTimeOffset.MaxValue;
            _trace.Require(
                known > Now - ((2 * Outcomes.LookUpInterval) + LongestStep),
                $"{request.Name} does not learn the end elsewhere.");
        }
        _trace.Require(
            _left.All(request => request.MayEnd || !request.Wait.HasEnded),
            "A wait is told something after it was given up.");
    }

    /// <summary>Checks that the outcome that a connection receives is true and does not change.</summary>
    private void CheckOutcome(WaitingRequest request)
    {
        if (!request.Wait.HasEnded)
        {
            return;
        }
        var outcome = request.Wait.WhenEndedAsync(CancellationToken.None).Result;
        if (request.Outcome is { } before)
        {
            _trace.Require(outcome == before, $"{request.Name} is told {before} and {outcome}.");
            return;
        }
        Told++;
        request.Outcome = outcome;
        _trace.Add($"request {request.Name} is told {outcome.Kind}");
        var job = request.Job;
        _trace.Require(
            outcome.Kind switch
            {
                JobOutcomeKind.Waiting => (Now >= request.Deadline || _isStopped) && !request.RunsHere,
                JobOutcomeKind.Running => (Now >= request.Deadline || _isStopped) && request.RunsHere,
                JobOutcomeKind.Aborted => request.IsAborted,
                JobOutcomeKind.Done =>
                    job?.State == StoredJobState.Done && outcome.Job == job.Id && outcome.Result == job.Result,
                JobOutcomeKind.Dead => job?.State == StoredJobState.Dead,
                JobOutcomeKind.Cancelled => job?.State == StoredJobState.Cancelled,
                _ => false,
            },
            $"{request.Name} is told {outcome.Kind}, and {job?.Name} is {job?.State} at {job?.Place}.");
    }

    /// <summary>Runs a step of another thread between two parts of a call.</summary>
    private void StepBetween()
    {
        if (_isNested || _random.Next(3) != 0)
        {
            return;
        }
        _requests.ForEach(CheckOutcome);
        _isNested = true;
        _trace.Add("meanwhile:");
        Step();
        _isNested = false;
        _requests.ForEach(CheckOutcome);
    }

    private List<WaitingRequest> WaitingFor(WaitedJob job) => _requests.FindAll(request => request.Id == job.Id);

    private bool AreAllTold(WaitedJob job) => WaitingFor(job).All(request => request.Wait.HasEnded);

    private static string Names(IEnumerable<WaitedJob> jobs) =>
        string.Join(' ', jobs.Select(job => job.Name)) is { Length: > 0 } names ? names : "none";

    private static DateTimeOffset Max(params DateTimeOffset[] times) => times.Max();
}
