using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>Claims jobs from the store, starts them, and writes their ends, on a dedicated thread.</summary>
/// <remarks>
/// <para>One call of the store writes the ends of all attempts that have ended since the previous call. The same call
/// claims as many jobs as can start soon. A busy node therefore needs few transactions. The handlers run on the thread
/// pool, like those of live requests.</para>
/// <para>Fields are used only by the dedicated thread, unless a comment says otherwise.</para>
/// </remarks>
internal sealed class JobDriver : IDisposable
{
    private const int MaxEnds = 1_000;
    private const int MaxPrefetch = 32;
    private const int MaxOfUnknownQueue = 8;
    private const int PurgeBatch = 500;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenCounts = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenPurges = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly JobStoreAccess _access;
    private readonly DeferredQueues _queues;
    private readonly Outcomes _outcomes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Wakeup _wakeup;
    private readonly NodeRole _role;

    // The fields up to the next blank line are used by several threads.
    private readonly JobStarts _starts;
    private readonly IdleWaiters _idleWaiters = new();
    private readonly CancellationTokenSource _noListening = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _leaves;
    private Thread? _thread;
    private Thread? _listener;

    private readonly Dictionary<string, int> _inFlight = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> _pausedSince = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<JobEnd> _unwritten = [];
    private long? _countedAt;
    private long? _purgedAt;
    private bool _isPurging;
    private TimeSpan? _nextDue;

    public JobDriver(
        JobStoreAccess access, AttemptRunner attempts, DeferredQueues queues, Outcomes outcomes, TimeProvider time,
        ILogger logger)
    {
        (_access, _queues, _outcomes, _time, _logger) = (access, queues, outcomes, time, logger);
        _wakeup = new Wakeup(time);
        _role = new NodeRole(access, time, logger);
        _starts = new JobStarts(attempts, queues, logger, Wake);
    }

    private int InFlight => _inFlight.Values.Sum();

    public void Start()
    {
        _thread = StartThread("QueueAdmission deferred jobs", Run);
        if (_access.Store.HasSignals)
        {
            _listener = StartThread("QueueAdmission job signals", Listen);
        }
    }

    /// <summary>Wakes the thread, because jobs may be waiting or settings may have changed.</summary>
    public void Wake() => _wakeup.Wake();

    /// <summary>Completes when no job is due or running, according to the store at a time after this call.</summary>
    public Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        var idle = _idleWaiters.Add();
        Wake();
        return idle.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Stops claiming jobs, waits for the running jobs, and returns all other claimed jobs. The attempts of returned
    /// jobs do not count.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the application no longer waits for the running jobs.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_thread is null)
        {
            return;
        }
        _starts.Stop();
        Wake();
        try
        {
            await _drained.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _starts.Abort();
            await WaitAsync(_drained.Task, StopGrace).ConfigureAwait(false);
        }
        _leaves = true;
        Wake();
        await WaitAsync(_finished.Task, StopGrace).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _starts.Dispose();
        if (!_noListening.IsCancellationRequested)
        {
            _noListening.Cancel();
        }
        _leaves = true;
        Wake();
        _thread?.Join(StopGrace);
        _listener?.Join(StopGrace);
        _wakeup.Dispose();
        _idleWaiters.Fail();
    }

    private async Task WaitAsync(Task task, TimeSpan limit)
    {
        // Uses the real clock, because the host does not wait for the clock of a test.
        await Task.WhenAny(task, Task.Delay(limit, TimeProvider.System)).ConfigureAwait(false);
    }

    private static Thread StartThread(string name, ThreadStart run)
    {
        var thread = new Thread(run) { Name = name, IsBackground = true };
        thread.UnsafeStart();
        return thread;
    }

    private void Run()
    {
        while (!_leaves)
        {
            TimeSpan sleep;
            try
            {
                sleep = Step();
            }
#pragma warning disable CA1031 // The thread serves all queues, and must not end.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                sleep = AfterFailure;
                // An exception of the store has already been reported as an outage.
                if (_access.Outage is null)
                {
                    DeferredLog.DriverFailed(_logger, exception);
                }
            }
            TellDrained();
            if (!_leaves)
            {
                _wakeup.Sleep(sleep);
            }
        }
        Leave();
    }

    /// <summary>Performs the work that is due.</summary>
    /// <returns>The time until further work is due.</returns>
    private TimeSpan Step()
    {
        _access.Open();
        var interval = _access.Store.RenewalInterval;
        UpdateCounts();
        _role.Renew(interval, _queues.AnyRuns, isBusy: InFlight > 0 || _unwritten.Count > 0);
        var waiters = _idleWaiters.Take();
        var isIdle = false;
        try
        {
            do
            {
                var ends = Advance(out isIdle, out var hasMore);
                Purge(ends);
                if (!hasMore)
                {
                    break;
                }
            }
            while (!_leaves && !_role.IsDue(interval));
        }
        finally
        {
            _idleWaiters.Answer(waiters, isIdle);
        }
        var next = Min(interval - _role.Age, _nextDue ?? TimeSpan.MaxValue);
        return _starts.HasEnds || _isPurging ? TimeSpan.Zero : next;
    }

    private void UpdateCounts()
    {
        if (!IsDue(_countedAt, BetweenCounts))
        {
            return;
        }
        _queues.Update(_access.Call("counts", static store => store.ReadCounts()));
        _countedAt = _time.GetTimestamp();
    }

    /// <summary>Writes ends and claims jobs in a single call.</summary>
    /// <param name="isIdle">Whether no job is running or due.</param>
    /// <param name="hasMore">Whether there may be more to do immediately.</param>
    /// <returns>The number of ends that were written.</returns>
    private int Advance(out bool isIdle, out bool hasMore)
    {
        while (_unwritten.Count < MaxEnds && _starts.TryTakeEnd(out var end))
        {
            _unwritten.Add(end);
        }
        var claims = FindClaims();
        hasMore = false;
        if (_unwritten.Count == 0 && claims.Count == 0)
        {
            isIdle = InFlight == 0;
            return 0;
        }
        JobAdvance advance;
        try
        {
            advance = _access.Call("advance", store => store.Advance(_role.Node, _unwritten, claims));
        }
        catch when (claims.Count > 0)
        {
            _role.OnClaimFailed();
            throw;
        }
        foreach (var end in _unwritten)
        {
            _inFlight[end.Queue] = _inFlight.GetValueOrDefault(end.Queue) - 1;
        }
        var ends = _unwritten.Count;
        // Ends are reported before claims, because a returned job can be claimed again in the same call.
        _outcomes.OnEnded(_unwritten, advance.Ends);
        _outcomes.OnClaimed(advance.Jobs);
        _unwritten.Clear();
        _nextDue = advance.NextDue;
        foreach (var job in advance.Jobs)
        {
            _inFlight[job.Queue] = _inFlight.GetValueOrDefault(job.Queue) + 1;
            _starts.Start(job);
        }
        hasMore = _starts.HasEnds;
        isIdle = InFlight == 0 && advance.Jobs.Count == 0 && !hasMore;
        return ends;
    }

    private List<JobClaim> FindClaims()
    {
        while (_starts.TryTakeRefusal(out var refused))
        {
            _pausedSince[refused] = _time.GetTimestamp();
        }
        // Ends that are written in the same call free places for new claims.
        var ending = _unwritten.CountBy(static end => end.Queue, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        var claims = new List<JobClaim>();
        if (!_role.MayClaim || _starts.IsStopped)
        {
            return claims;
        }
        foreach (var name in _queues.NamesToRun())
        {
            if (_pausedSince.TryGetValue(name, out var since))
            {
                if (_time.GetElapsedTime(since) < AfterRefusal)
                {
                    continue;
                }
                _pausedSince.Remove(name);
            }
            var free = CapacityOf(name) - _inFlight.GetValueOrDefault(name) + ending.GetValueOrDefault(name);
            if (free > 0)
            {
                claims.Add(new JobClaim(name, free));
            }
        }
        return claims;
    }

    /// <summary>
    /// Returns how many jobs of a queue this node may hold: the running jobs, and some that can start next.
    /// </summary>
    private int CapacityOf(string name)
    {
        if (_queues.Find(name) is not { } queue)
        {
            return MaxOfUnknownQueue;
        }
        var snapshot = queue.GetSnapshot();
        return snapshot.State == JobQueueState.Running
            ? snapshot.Workers + Math.Clamp(snapshot.Workers, 1, MaxPrefetch)
            : 0;
    }

    /// <summary>
    /// Removes jobs whose retention is over. The number per step is limited, because other calls wait meanwhile.
    /// </summary>
    /// <remarks>
    /// While such jobs remain, each step removes more jobs than it has ended, if there are that many. The store
    /// therefore does not grow even if jobs end quickly.
    /// </remarks>
    /// <param name="ends">The number of jobs that the step has ended.</param>
    private void Purge(int ends)
    {
        if (!_role.MayRun || !(_isPurging || IsDue(_purgedAt, BetweenPurges)))
        {
            return;
        }
        _isPurging = false;
        foreach (var name in _queues.NamesToRun())
        {
            var retention = _queues.Find(name)?.GetSetting(DeferredSettings.Retention)
                ?? DeferredSettings.Retention.Default;
            _isPurging |= !TryPurge(name, retention, batches: 1 + (2 * ends / PurgeBatch));
        }
        if (!_isPurging)
        {
            _purgedAt = _time.GetTimestamp();
        }
    }

    /// <returns>True if no job remains whose retention is over.</returns>
    private bool TryPurge(string name, TimeSpan retention, int batches)
    {
        for (var i = 0; i < batches; i++)
        {
            if (_access.Call("purge", store => store.Purge(name, retention, PurgeBatch)) < PurgeBatch)
            {
                return true;
            }
        }
        return false;
    }

    private void TellDrained()
    {
        if (_starts.IsStopped && InFlight == 0)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Writes the last ends, and returns the jobs that have not ended.</summary>
    private void Leave()
    {
        try
        {
            if (_access.Protector is not null)
            {
                Advance(out _, out _);
                _role.Resign();
            }
            if (InFlight is > 0 and var left)
            {
                DeferredLog.GivenBack(_logger, left);
            }
        }
#pragma warning disable CA1031 // The store is unreachable. It returns the jobs when it notices that this process ended.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        _finished.TrySetResult();
    }

    private void Listen()
    {
        while (!_noListening.IsCancellationRequested)
        {
            try
            {
                _access.Store.Listen(Wake, _noListening.Token);
            }
#pragma warning disable CA1031 // A store may throw anything. The node then polls the store instead.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (!_noListening.IsCancellationRequested)
                {
                    DeferredLog.SignalsLost(_logger, exception.Message);
                }
            }
            _noListening.Token.WaitHandle.WaitOne(AfterFailure);
        }
    }

    private bool IsDue(long? last, TimeSpan interval) => last is not { } at || _time.GetElapsedTime(at) >= interval;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
