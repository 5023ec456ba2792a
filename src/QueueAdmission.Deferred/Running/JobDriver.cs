using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>Claims jobs from the store, lets them run, and writes their ends: with one thread of its own.</summary>
/// <remarks>
/// <para>One call of the store writes the ends of all attempts that ended meanwhile and claims as many jobs as can start
/// soon. So a busy node needs few transactions. The handlers run on the thread pool, as those of requests do.</para>
/// <para>All fields without a word about threads belong to the thread.</para>
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
    private readonly AttemptRunner _attempts;
    private readonly DeferredQueues _queues;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Wakeup _wakeup;
    private readonly string _node = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}";

    // Of all threads.
    private readonly ConcurrentQueue<JobEnd> _ended = new();
    private readonly ConcurrentQueue<TaskCompletionSource> _waitersForIdle = new();
    private readonly ConcurrentQueue<string> _refused = new();
    private readonly CancellationTokenSource _noStarts = new();
    private readonly CancellationTokenSource _abortRuns = new();
    private readonly CancellationTokenSource _noListening = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _leaves;
    private Thread? _thread;
    private Thread? _listener;

    private readonly Dictionary<string, int> _inFlight = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> _pausedSince = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<JobEnd> _unwritten = [];
    private long? _renewedAt;
    private long? _countedAt;
    private long? _purgedAt;
    private bool _mayRun;
    private bool _mayHaveLostClaims;
    private TimeSpan? _nextDue;

    public JobDriver(
        JobStoreAccess access, AttemptRunner attempts, DeferredQueues queues, TimeProvider time, ILogger logger)
    {
        (_access, _attempts, _queues, _time, _logger) = (access, attempts, queues, time, logger);
        _wakeup = new Wakeup(time);
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

    /// <summary>Jobs may be waiting, or settings have changed.</summary>
    public void Wake() => _wakeup.Wake();

    /// <summary>Ends when no job is due or runs, as the store says after this call.</summary>
    public Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waitersForIdle.Enqueue(waiter);
        Wake();
        return waiter.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Claims no further jobs, lets those that run end, and gives the others back. Their attempts do not count.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the application waits no longer.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_thread is null)
        {
            return;
        }
        _noStarts.Cancel();
        Wake();
        try
        {
            await _drained.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The handlers learn of it by RequestAborted.
            _abortRuns.Cancel();
            await WaitAsync(_drained.Task, StopGrace).ConfigureAwait(false);
        }
        _leaves = true;
        Wake();
        await WaitAsync(_finished.Task, StopGrace).ConfigureAwait(false);
    }

    public void Dispose()
    {
        Cancel(_noStarts);
        Cancel(_abortRuns);
        Cancel(_noListening);
        _leaves = true;
        Wake();
        _thread?.Join(StopGrace);
        _listener?.Join(StopGrace);
        _wakeup.Dispose();
        while (_waitersForIdle.TryDequeue(out var waiter))
        {
            waiter.TrySetException(new InvalidOperationException("The application stops."));
        }
    }

    private static void Cancel(CancellationTokenSource source)
    {
        if (!source.IsCancellationRequested)
        {
            source.Cancel();
        }
    }

    private async Task WaitAsync(Task task, TimeSpan limit)
    {
        // Of the real clock: the host does not wait for one of a test.
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
                // What the store throws was reported as an outage.
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

    /// <summary>Does what is due.</summary>
    /// <returns>How long nothing will be due.</returns>
    private TimeSpan Step()
    {
        _access.Open();
        var interval = _access.Store.RenewalInterval;
        UpdateCounts();
        Renew(interval);
        var waiters = TakeWaiters();
        var isIdle = false;
        try
        {
            do
            {
                isIdle = Advance(out var hasMore);
                if (!hasMore)
                {
                    break;
                }
            }
            while (!_leaves && !IsDue(_renewedAt, interval));
        }
        finally
        {
            Answer(waiters, isIdle);
        }
        Purge();
        var next = Min(interval - Since(_renewedAt), _nextDue ?? TimeSpan.MaxValue);
        return _ended.IsEmpty ? next : TimeSpan.Zero;
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

    private void Renew(TimeSpan interval)
    {
        if (_mayHaveLostClaims && InFlight == 0 && _unwritten.Count == 0)
        {
            // A call that failed may have claimed jobs of which this node does not know. Nothing else runs now, so the
            // node gives up all it has, and asks again.
            _access.Call("resign", store =>
            {
                store.ResignOwner(_node);
                return 0;
            });
            (_mayHaveLostClaims, _mayRun, _renewedAt) = (false, false, null);
        }
        if (!IsDue(_renewedAt, interval))
        {
            return;
        }
        if (!_queues.AnyRuns && InFlight == 0)
        {
            GiveUpOwnership();
            // As soon as there is a queue to run, the node asks again.
            _renewedAt = null;
            return;
        }
        var ownership = _access.Call("renew", store => store.RenewOwner(_node));
        _renewedAt = _time.GetTimestamp();
        _mayRun = ownership.MayRun;
        if (ownership.Recovered > 0)
        {
            DeferredLog.Recovered(_logger, ownership.Recovered);
        }
    }

    /// <summary>A node that only accepts must not keep others from running.</summary>
    private void GiveUpOwnership()
    {
        if (_mayRun)
        {
            _access.Call("resign", store =>
            {
                store.ResignOwner(_node);
                return 0;
            });
            _mayRun = false;
        }
    }

    /// <summary>Writes ends and claims jobs, in one call.</summary>
    /// <param name="hasMore">Whether there may be more to do at once.</param>
    /// <returns>Whether nothing runs and nothing is due.</returns>
    private bool Advance(out bool hasMore)
    {
        while (_unwritten.Count < MaxEnds && _ended.TryDequeue(out var end))
        {
            _unwritten.Add(end);
        }
        var claims = FindClaims();
        hasMore = false;
        if (_unwritten.Count == 0 && claims.Count == 0)
        {
            return InFlight == 0;
        }
        JobAdvance advance;
        try
        {
            advance = _access.Call("advance", store => store.Advance(_node, _unwritten, claims));
        }
        catch when (claims.Count > 0)
        {
            _mayHaveLostClaims = true;
            throw;
        }
        foreach (var end in _unwritten)
        {
            _inFlight[end.Queue] = _inFlight.GetValueOrDefault(end.Queue) - 1;
        }
        _unwritten.Clear();
        _nextDue = advance.NextDue;
        foreach (var job in advance.Jobs)
        {
            Start(job);
        }
        hasMore = !_ended.IsEmpty;
        return InFlight == 0 && advance.Jobs.Count == 0 && _ended.IsEmpty;
    }

    private List<JobClaim> FindClaims()
    {
        while (_refused.TryDequeue(out var refused))
        {
            _pausedSince[refused] = _time.GetTimestamp();
        }
        // The ends that are written in the same call free their places in it.
        var ending = _unwritten.CountBy(static end => end.Queue, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        var claims = new List<JobClaim>();
        if (!_mayRun || _mayHaveLostClaims || _noStarts.IsCancellationRequested)
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

    /// <summary>How many jobs of a queue this node has at most: those that run, and some that can start at once.</summary>
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

    private void Start(ClaimedJob job)
    {
        _inFlight[job.Queue] = _inFlight.GetValueOrDefault(job.Queue) + 1;
        if (_attempts.Read(job, out var unreadable) is not var (request, endpoint))
        {
            _ended.Enqueue(unreadable!);
            return;
        }
        if (_queues.QueueFor(job.Queue, endpoint) is not { } queue)
        {
            _ended.Enqueue(_attempts.GiveBack(job));
            _refused.Enqueue(job.Queue);
            return;
        }
        ValueTask<QueueLease> entering;
        try
        {
            // On this thread, so that jobs enter the queue in the order of the store.
            var traits = new JobTraits { Key = request.Key, KeyShare = request.KeyShare, Priority = job.Priority, Weight = job.Weight };
            entering = queue.EnterBackgroundAsync(traits, queue.GetSetting(DeferredSettings.MinShare), _noStarts.Token);
        }
#pragma warning disable CA1031 // For example, the queue was disposed.
        catch (Exception)
#pragma warning restore CA1031
        {
            entering = default;
        }
        _ = RunAsync(job, request, endpoint, queue, entering);
    }

    private async Task RunAsync(
        ClaimedJob job, StoredRequest request, Endpoint endpoint, JobQueue queue, ValueTask<QueueLease> entering)
    {
        // Nothing of a handler runs on the thread that serves all of them.
        await Task.Yield();
        JobEnd end;
        try
        {
            end = await EnterAndRunAsync(job, request, endpoint, queue, entering);
        }
#pragma warning disable CA1031 // An attempt that has no end would be lost until the process ends.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            DeferredLog.DriverFailed(_logger, exception);
            end = _attempts.Fail(job, queue, exception);
        }
        _ended.Enqueue(end);
        Wake();
    }

    private async Task<JobEnd> EnterAndRunAsync(
        ClaimedJob job, StoredRequest request, Endpoint endpoint, JobQueue queue, ValueTask<QueueLease> entering)
    {
        QueueLease lease;
        try
        {
            lease = await entering;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            lease = default;
        }
        if (!lease.IsAdmitted)
        {
            _refused.Enqueue(job.Queue);
            return _attempts.GiveBack(job);
        }
        var worker = lease.ToFeature(queue);
        try
        {
            return _noStarts.IsCancellationRequested
                ? _attempts.GiveBack(job)
                : await _attempts.RunAsync(job, request, endpoint, queue, worker, _abortRuns.Token);
        }
        finally
        {
            worker.ReleaseWorker();
        }
    }

    private void Purge()
    {
        if (!_mayRun || !IsDue(_purgedAt, BetweenPurges))
        {
            return;
        }
        var isDone = true;
        foreach (var name in _queues.NamesToRun())
        {
            var retention = _queues.Find(name)?.GetSetting(DeferredSettings.Retention) ?? DeferredSettings.Retention.Default;
            isDone &= _access.Call("purge", store => store.Purge(name, retention, PurgeBatch)) < PurgeBatch;
        }
        // If there is more, the next step goes on, between the claims.
        _purgedAt = isDone ? _time.GetTimestamp() : null;
    }

    private List<TaskCompletionSource> TakeWaiters()
    {
        var waiters = new List<TaskCompletionSource>();
        while (_waitersForIdle.TryDequeue(out var waiter))
        {
            waiters.Add(waiter);
        }
        return waiters;
    }

    private void Answer(List<TaskCompletionSource> waiters, bool isIdle)
    {
        foreach (var waiter in waiters)
        {
            if (isIdle)
            {
                waiter.TrySetResult();
            }
            else
            {
                _waitersForIdle.Enqueue(waiter);
            }
        }
    }

    private void TellDrained()
    {
        if (_noStarts.IsCancellationRequested && InFlight == 0)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Writes the last ends, and gives back what has not ended.</summary>
    private void Leave()
    {
        try
        {
            if (_access.Protector is not null)
            {
                Advance(out _);
                _access.Call("resign", store =>
                {
                    store.ResignOwner(_node);
                    return 0;
                });
            }
            if (InFlight is > 0 and var left)
            {
                DeferredLog.GivenBack(_logger, left);
            }
        }
#pragma warning disable CA1031 // The store is away. The jobs wait again when it finds that this process is gone.
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
#pragma warning disable CA1031 // A store may throw anything. The node asks the store instead of listening.
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

    private TimeSpan Since(long? last) => last is { } at ? _time.GetElapsedTime(at) : TimeSpan.Zero;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
