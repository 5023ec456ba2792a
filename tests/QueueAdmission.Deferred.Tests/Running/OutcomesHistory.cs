using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Deferred.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Running;

/// <summary>
/// One random history of connections that wait: requests that come, are stored and leave, a node that runs jobs,
/// another node, callers that cancel, a store that may be away, and the clock.
/// </summary>
/// <remarks>
/// What takes several calls in the application takes several steps here. Other steps come between them, and also before
/// and after each look at the store. The promises are checked after every step.
/// </remarks>
internal sealed class OutcomesHistory : IDisposable
{
    private const int Steps = 80;
    private const int MaxRequests = 8;

    private static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(600);
    private static readonly DeferredMetrics Metrics = new(meters: null, () => [], TimeProvider.System);

    private readonly int _seed;
    private readonly Random _random;
    private readonly FakeTimeProvider _clock = new();
    private readonly ModelStore _store;
    private readonly Outcomes _outcomes;
    private readonly RequestSlots _slots = new();
    private readonly List<string> _trace = [];
    private readonly List<WaitedJob> _jobs = [];
    private readonly List<WaitingRequest> _requests = [];
    private readonly List<WaitingRequest> _left = [];
    private readonly List<WaitedJob> _cancelledHere = [];

    // One call of the node's thread: its ends and claims are in the store, and are not told yet.
    private List<(WaitedJob Job, JobEnd End, bool Counted)>? _ends;
    private List<WaitedJob>? _claims;
    private bool _isAway;
    private bool _isStopped;
    private bool _isNested;
    private bool _isInClock;
    private DateTimeOffset _backSince;

    public OutcomesHistory(int seed)
    {
        (_seed, _random) = (seed, new Random(seed));
        _store = new ModelStore(this);
        var access = new JobStoreAccess(
            _store, isIntake: true, () => throw new NotSupportedException(), Metrics, _clock, NullLogger.Instance);
        _outcomes = new Outcomes(access, _clock);
        _backSince = Now;
    }

    /// <summary>How many waits have ended.</summary>
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
        Require(_store.Finds == finds, "A job is looked up, and no connection waits.");
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
                _isAway = !_isAway;
                _backSince = Now;
                Trace(_isAway ? "the store goes away" : "the store comes back");
                break;
            case 19 when _random.Next(20) == 0:
                Trace("the application stops");
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
        Require(_slots.TryTake(int.MaxValue), "There is no slot.");
        var time = TimeSpan.FromMilliseconds(_random.Next(100, 4_000));
        var id = NewId();
        var request = new WaitingRequest(id, Now + time) { FreeSince = Now, Wait = _outcomes.Wait(id, time, _slots) };
        _requests.Add(request);
        Trace($"request {request.Name} waits until {request.Deadline:ss.fff}");
    }

    /// <summary>The store decides about a request that has registered.</summary>
    private void Commit()
    {
        if (Pick(_requests, request => request.Verdict == StoreVerdict.None) is not { } request)
        {
            return;
        }
        var earlier = _random.Next(3) == 0 ? Pick(_jobs, _ => true) : null;
        request.Verdict = earlier is not null ? StoreVerdict.Repetition : _random.Next(8) == 0 ? StoreVerdict.Refused : StoreVerdict.New;
        if (request.Verdict == StoreVerdict.New)
        {
            earlier = new WaitedJob(request.Id);
            _jobs.Add(earlier);
        }
        request.Job = earlier;
        Trace($"the store has request {request.Name}: {request.Verdict} {earlier?.Name}");
    }

    /// <summary>The request learns what the store has decided.</summary>
    private void Answer()
    {
        if (Pick(_requests, request => request is { Verdict: not StoreVerdict.None, IsAnswered: false, IsBusy: false }) is not { } request)
        {
            return;
        }
        request.IsAnswered = true;
        Trace($"request {request.Name} has its answer");
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
            Require(!isOver || _store.Failures > failures || request.Wait.HasEnded, $"{request.Name} does not know an end that was there before.");
        }
    }

    /// <summary>
    /// The thread of this node: it writes ends and claims jobs in one call, tells the ends, then the claims.
    /// </summary>
    private void StepNode()
    {
        if (_ends is { } ends)
        {
            _ends = null;
            Trace($"this node tells {ends.Count} ends");
            foreach (var (job, end, _) in ends)
            {
                foreach (var request in WaitingFor(job))
                {
                    (request.RunsHere, request.FreeSince) = (false, Now);
                }
            }
            _outcomes.OnEnded(ends.ConvertAll(end => end.End), ends.ConvertAll(end => end.Counted));
            foreach (var (job, _, _) in ends.Where(end => end is { Counted: true, End.Kind: JobEndKind.Done or JobEndKind.Dead }))
            {
                Require(WaitingFor(job).All(request => request.Wait.HasEnded), $"Not all are told the end of {job.Name}.");
            }
        }
        else if (_claims is { } claims)
        {
            _claims = null;
            Trace($"this node tells {claims.Count} claims");
            foreach (var request in claims.SelectMany(WaitingFor))
            {
                request.RunsHere = true;
            }
            _outcomes.OnClaimed(claims.ConvertAll(job => Claimed(job.Id)));
        }
        else if (!_isAway)
        {
            _ends = [.. _jobs.Where(job => job.IsClaimedHere && _random.Next(2) == 0).Select(EndHere)];
            _claims = [.. _jobs.Where(job => job is { Place: JobPlace.Waiting, IsClaimedHere: false } && _random.Next(2) == 0)];
            _claims.ForEach(job => (job.Place, job.IsClaimedHere) = (JobPlace.Here, true));
            Trace($"this node ends {Names(_ends.Select(end => end.Job))}, claims {Names(_claims)}");
        }
    }

    private (WaitedJob Job, JobEnd End, bool Counted) EndHere(WaitedJob job)
    {
        var kind = (JobEndKind)_random.Next(4);
        var counted = job.Place == JobPlace.Here;
        var end = new JobEnd { Id = job.Id, Queue = "posts", Claim = 1, Kind = kind, Result = kind == JobEndKind.Done ? NewResult() : null };
        job.IsClaimedHere = false;
        if (counted)
        {
            End(job, kind, end.Result);
        }
        return (job, end, counted);
    }

    /// <summary>Another node takes a job, also one that this node has lost without knowing it, or ends one.</summary>
    private void StepElsewhere()
    {
        if (_isAway || Pick(_jobs, job => job.Place != JobPlace.Ended) is not { } job)
        {
            return;
        }
        if (job.Place == JobPlace.Elsewhere)
        {
            End(job, (JobEndKind)_random.Next(4), NewResult());
            Trace($"another node ends {job.Name}: {job.State}");
        }
        else
        {
            job.Place = JobPlace.Elsewhere;
            Trace($"another node takes {job.Name}");
        }
    }

    /// <summary>A caller cancels a job at this node, which tells it later, or at another one.</summary>
    private void Cancel()
    {
        if (_cancelledHere.Count > 0)
        {
            var cancelled = _cancelledHere[0];
            _cancelledHere.RemoveAt(0);
            Trace($"this node tells that {cancelled.Name} is cancelled");
            WaitingFor(cancelled).ForEach(request => (request.RunsHere, request.FreeSince) = (false, Now));
            _outcomes.OnCancelled(cancelled.Id);
            Require(WaitingFor(cancelled).All(request => request.Wait.HasEnded), $"Not all are told that {cancelled.Name} is cancelled.");
        }
        else if (!_isAway && Pick(_jobs, job => job.Place == JobPlace.Waiting) is { } job)
        {
            (job.Place, job.State, job.EndedAt) = (JobPlace.Ended, StoredJobState.Cancelled, Now);
            Trace($"{job.Name} is cancelled");
            if (_random.Next(2) == 0)
            {
                _cancelledHere.Add(job);
            }
        }
    }

    private void Advance(TimeSpan time)
    {
        Trace($"{time.TotalMilliseconds:0} ms");
        _isInClock = true;
        _clock.Advance(time);
        _isInClock = false;
    }

    private void LeaveOrEnd()
    {
        if (Pick(_requests, request => request is { IsBusy: false } && (request.IsAnswered || request.Wait.HasEnded)) is not { } request)
        {
            return;
        }
        // A request whose filters replace the answer leaves without the end of its client.
        if (!request.Wait.HasEnded && _random.Next(2) == 0)
        {
            request.IsAborted = true;
            using var aborting = new CancellationTokenSource();
            _ = request.Wait.WhenEndedAsync(aborting.Token);
            aborting.Cancel();
            Require(request.Wait.HasEnded, $"{request.Name} waits without its client.");
        }
        Leave(request);
    }

    private void Leave(WaitingRequest request)
    {
        Trace($"request {request.Name} leaves");
        CheckOutcome(request);
        request.Wait.Dispose();
        _requests.Remove(request);
        _left.Add(request);
        // A look that has begun before may still end the wait. It has no connection any more.
        request.MayEnd = _isNested || request.Wait.HasEnded;
    }

    private void Check()
    {
        Require(_outcomes.Count == _requests.Count, $"{_outcomes.Count} waits, but {_requests.Count} connections.");
        Require(_slots.Taken == _requests.Count, $"{_slots.Taken} slots, but {_requests.Count} connections.");
        foreach (var request in _requests)
        {
            CheckOutcome(request);
            if (request.Wait.HasEnded)
            {
                continue;
            }
            Require(Now < request.Deadline && !_isStopped, $"{request.Name} waits beyond its time.");
            var known = request is { RunsHere: false, Job.Place: JobPlace.Ended } && request.Id == request.Job.Id && !_isAway
                ? Max(request.Job.EndedAt, request.FreeSince, _backSince)
                : DateTimeOffset.MaxValue;
            Require(known > Now - ((2 * Outcomes.LookUpInterval) + LongestStep), $"{request.Name} does not learn the end elsewhere.");
        }
        Require(_left.All(request => request.MayEnd || !request.Wait.HasEnded), "A wait is told something after it was given up.");
    }

    /// <summary>What a connection is told is true, and does not change.</summary>
    private void CheckOutcome(WaitingRequest request)
    {
        if (!request.Wait.HasEnded)
        {
            return;
        }
        var outcome = request.Wait.WhenEndedAsync(CancellationToken.None).Result;
        if (request.Outcome is { } before)
        {
            Require(outcome == before, $"{request.Name} is told {before} and {outcome}.");
            return;
        }
        Told++;
        request.Outcome = outcome;
        Trace($"request {request.Name} is told {outcome.Kind}");
        var job = request.Job;
        Require(
            outcome.Kind switch
            {
                JobOutcomeKind.Waiting => (Now >= request.Deadline || _isStopped) && !request.RunsHere,
                JobOutcomeKind.Running => (Now >= request.Deadline || _isStopped) && request.RunsHere,
                JobOutcomeKind.Aborted => request.IsAborted,
                JobOutcomeKind.Done => job?.State == StoredJobState.Done && outcome.Job == job.Id && outcome.Result == job.Result,
                JobOutcomeKind.Dead => job?.State == StoredJobState.Dead,
                JobOutcomeKind.Cancelled => job?.State == StoredJobState.Cancelled,
                _ => false,
            },
            $"{request.Name} is told {outcome.Kind}, and {job?.Name} is {job?.State} at {job?.Place}.");
    }

    /// <summary>A step of another thread, between two parts of a call.</summary>
    private void StepBetween()
    {
        if (_isNested || _random.Next(3) != 0)
        {
            return;
        }
        _requests.ForEach(CheckOutcome);
        _isNested = true;
        Trace("meanwhile:");
        Step();
        _isNested = false;
        _requests.ForEach(CheckOutcome);
    }

    private void End(WaitedJob job, JobEndKind kind, byte[]? result)
    {
        (job.Place, job.State) = kind switch
        {
            JobEndKind.Done => (JobPlace.Ended, StoredJobState.Done),
            JobEndKind.Dead => (JobPlace.Ended, StoredJobState.Dead),
            _ => (JobPlace.Waiting, StoredJobState.Waiting),
        };
        (job.EndedAt, job.Result) = (Now, job.State == StoredJobState.Done ? result : null);
    }

    private List<WaitingRequest> WaitingFor(WaitedJob job) => _requests.FindAll(request => request.Id == job.Id);

    private T? Pick<T>(List<T> all, Predicate<T> isMeant)
        where T : class
    {
        var some = all.FindAll(isMeant);
        return some.Count == 0 ? null : some[_random.Next(some.Count)];
    }

    private Guid NewId()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private byte[] NewResult() => [(byte)_random.Next(256)];

    private void Trace(string line) => _trace.Add($"{Now:ss.fff} {line}");

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            Assert.Fail($"Seed {_seed}: {otherwise} After:\n  {string.Join("\n  ", _trace)}");
        }
    }

    private static string Names(IEnumerable<WaitedJob> jobs) => string.Join(' ', jobs.Select(job => job.Name)) is { Length: > 0 } names ? names : "none";

    private static DateTimeOffset Max(params DateTimeOffset[] times) => times.Max();

    private static ClaimedJob Claimed(Guid id) => new()
    {
        Id = id,
        Queue = "posts",
        Route = "POST /posts",
        Payload = [],
        AcceptedAt = default,
        Attempt = 1,
        Claim = 1,
    };

    /// <summary>A store that has the jobs of the history.</summary>
    private sealed class ModelStore(OutcomesHistory history) : StoreDouble(new InMemoryJobStore().Open())
    {
        public int Finds { get; private set; }

        public int Failures { get; private set; }

        public override StoredJob? Find(Guid id)
        {
            Finds++;
            history.StepBetween();
            if (history._isAway)
            {
                Failures++;
                throw new JobStoreException(JobStoreProblem.Unreachable, "The store is away.");
            }
            var found = history._jobs.Find(job => job.Id == id) is { } job
                ? new StoredJob
                {
                    Id = id,
                    Queue = "posts",
                    Route = "POST /posts",
                    State = job.State,
                    AcceptedAt = default,
                    Attempts = 1,
                    Result = job.Result,
                }
                : null;
            history.StepBetween();
            return found;
        }
    }
}
