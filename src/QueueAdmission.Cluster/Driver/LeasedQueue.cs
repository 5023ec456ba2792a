using System.Globalization;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Cluster;

/// <summary>One queue of the cluster. It carries out the decisions of its <see cref="LeaseNode"/>.</summary>
/// <remarks>
/// Only the thread that renews the leases calls this class, except for the members that are marked as callable by any
/// thread.
/// </remarks>
internal sealed class LeasedQueue
{
    private readonly ClusterConnection _connection;
    private readonly LocalClock _clock;
    private readonly ILogger _logger;
    private readonly LeaseNode _node;
    private CancellationTokenSource _lost = new();
    private volatile Sight _sight;
    private LeaseDocument? _seen;
    private TimeSpan _seenAtStore;
    private TimeSpan _seenAt;
    private volatile bool _watchesHunger = true;
    private bool _wasGiven;

    public LeasedQueue(
        JobQueue queue,
        ClusterConnection connection,
        ClusterIdentity identity,
        LocalClock clock,
        TimeSpan duration,
        ILogger logger)
    {
        (Queue, _connection, _clock, _logger) = (queue, connection, clock, logger);
        Key = new LeaseStoreKey(connection.Cluster, queue.Name.ToLowerInvariant());
        // From here on, the workers of the queue are limited. The fallback applies until there is a lease.
        _node = new LeaseNode(
            identity.Name, identity.Generation, new EngineWorkers(queue, clock),
            () => clock.Now,
            new Random(), connection.Store.HasSignals, ReadTerms(duration));
        _node.Lease.OnLost = OnLost;
        // The lease is published before the cap rises, so that a job on a new worker finds its fencing token.
        _node.Lease.OnGiving = PublishLease;
        _sight = Look();
    }

    public JobQueue Queue { get; }

    public LeaseStoreKey Key { get; }

    /// <summary>The state of the queue as last seen. Any thread may read it.</summary>
    public ClusterQueue LastView => _sight.At(_clock.Now.Monotonic);

    /// <summary>Whether a waiting job should wake the thread that renews the leases. Any thread may read it.</summary>
    public bool WatchesHunger => _watchesHunger;

    public bool HasLeft => _node.HasLeft;

    public void OnSignal(string text) => _node.OnSignal(text);

    public void Leave() => _node.Leave();

    /// <summary>Applies the current settings, whether or not they have changed.</summary>
    public void UpdateTerms(TimeSpan duration) => _node.SetTerms(ReadTerms(duration));

    /// <summary>Makes the calls to the store that are due.</summary>
    /// <returns>The time until the next call is due.</returns>
    public TimeSpan Pump()
    {
        const int MaxCallsInARow = 4;
        _node.Expire();
        for (var calls = 0; calls < MaxCallsInARow; calls++)
        {
            var due = _node.NextCall(out var isRenewal);
            var now = _clock.Now.Monotonic;
            if (due > now)
                return TimeUntil(due, now);
            UpdateTerms(_node.Terms.Duration);
            Call(isRenewal);
            _sight = Look();
            _watchesHunger = _node.IsWatchingHunger;
        }
        return TimeSpan.Zero;
    }

    /// <summary>Removes the cap and the lease, because the queue is no longer part of the cluster.</summary>
    public void Detach()
    {
        Queue.RemoveWorkerCap(EngineWorkers.CapName);
        Queue.Lease = null;
    }

    private TimeSpan TimeUntil(TimeSpan due, TimeSpan now)
    {
        var left = due == TimeSpan.MaxValue ? due : due - now;
        if (_node.Lease.IsGiven && _node.Lease.End.Monotonic - now < left)
            left = _node.Lease.End.Monotonic - now;
        var look = TimeSpan.FromMilliseconds(2);
        return _node.IsWatchingIdle && look < left ? look : left;
    }

    private void Call(bool isRenewal)
    {
        var attempt = _node.Begin(isRenewal);
        try
        {
            var reading = _connection.Read(Key);
            while (true)
            {
                var plan = _node.OnRead(attempt, reading);
                NoteSeen(reading);
                if (_node.LearningBegan != LearningReason.None)
                    ClusterLog.Learning(_logger, Queue.Name, _node.LearningBegan);
                if (plan is null)
                {
                    _connection.Metrics.Count(Queue.Name, "unchanged", isRenewal);
                    return;
                }
                var sent = _clock.Now;
                if (_connection.TryWrite(Key, plan.Expected, plan.Write, out var current))
                {
                    _node.OnWritten(attempt, plan);
                    NoteSeen(reading);
                    _connection.Metrics.Count(Queue.Name, "written", isRenewal);
                    return;
                }
                _connection.Metrics.Count(Queue.Name, "refused", isRenewal);
                if (_node.OnRefused(attempt, sent) is not { } again)
                    return;
                (attempt, reading) = (again, current);
            }
        }
#pragma warning disable CA1031 // A store may throw anything. The node continues without the store.
        catch (Exception exception) when (
            exception is not ObjectDisposedException { ObjectName: "QueueAdmission.JobQueue" })
#pragma warning restore CA1031
        {
            _connection.OnFailed(exception);
            _connection.Metrics.Count(Queue.Name, "failed", isRenewal);
            _node.OnFailed(attempt);
        }
    }

    private void PublishLease()
    {
        var lease = _node.Lease;
        if (!lease.IsGiven)
            return;
        if (!_wasGiven)
        {
            _wasGiven = true;
            if (_lost.IsCancellationRequested)
                _lost = new CancellationTokenSource();
            ClusterLog.LeaseGiven(_logger, Queue.Name, lease.Workers);
        }
        long? fence = lease.Fence > 0 && _node.Seen is { Limit: 1 } ? lease.Fence : null;
        if (Queue.Lease is not { } known || known.FencingToken != fence || known.Lost != _lost.Token)
            Queue.Lease = new SharedLease(_lost.Token, fence);
    }

    private void OnLost()
    {
        _wasGiven = false;
        Queue.Lease = new SharedLease(_lost.Token, FencingToken: null);
        // The registered callbacks are code of handlers. They run on the thread pool, so they cannot block this thread.
        _ = _lost.CancelAsync();
        _connection.Metrics.CountLost(Queue.Name);
        ClusterLog.LeaseLost(_logger, Queue.Name, _sight.View.Held, _node.Lease.Cap);
        _sight = Look();
    }

    private LeaseTerms ReadTerms(TimeSpan duration)
    {
        var limit = Queue.GetSetting(ClusterSettings.ClusterWorkers) ?? JobQueueOptions.WorkersLimit;
        var fallback = Queue.GetSetting(ClusterSettings.ClusterFallback);
        // The other caps limit what this node can use: the settings, a number set by an operator, or the result of the
        // adaptive search.
        var own = limit;
        foreach (var cap in Queue.GetSnapshot().WorkerCaps)
        {
            if (cap.Name != EngineWorkers.CapName)
                own = Math.Min(own, cap.Workers);
        }
        return new LeaseTerms(limit, own, duration, fallback, Hash($"{limit}/{fallback}/{duration}"));
    }

    private static string Hash(string text)
    {
        // FNV-1a gives the same hash in every process, unlike GetHashCode.
        var hash = 2_166_136_261;
        foreach (var character in text)
        {
            hash = unchecked((hash ^ character) * 16_777_619);
        }
        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }

    private Sight Look()
    {
        var seen = _node.Seen;
        var nodes = seen?.Nodes.Select(node => new ClusterNode(
            node.Id,
            node.Generation,
            node.Generation == _node.Generation,
            node.Holds,
            node.Wants,
            TimeSpan.FromMilliseconds(node.Wait),
            TimeSpan.FromMilliseconds(Math.Max(0, _seenAtStore.TotalMilliseconds - node.At)),
            node.Limit,
            node.Settings)).ToList() ?? [];
        var view = new ClusterQueue(
            Queue.Name,
            Key.Cluster,
            _node.Terms.Limit,
            seen?.Limit,
            _node.Terms.Duration,
            _node.Lease.IsGiven,
            _node.Lease.Workers,
            TimeSpan.Zero,
            seen is not null && _seenAtStore.TotalMilliseconds < seen.LearnUntil,
            seen is null ? null : DateTimeOffset.UnixEpoch + _seenAt,
            nodes);
        return new Sight(view, _node.Lease.IsGiven ? _node.Lease.End.Monotonic : TimeSpan.Zero);
    }

    /// <summary>Records when the document was last seen, if this call has read a new one.</summary>
    private void NoteSeen(LeaseStoreReading reading)
    {
        if (ReferenceEquals(_seen, _node.Seen))
            return;
        (_seen, _seenAtStore, _seenAt) = (_node.Seen, reading.Time, _clock.Now.Wall);
    }

    /// <summary>The state as last seen, and the end of the lease on the monotonic clock.</summary>
    private sealed record Sight(ClusterQueue View, TimeSpan LeaseEnd)
    {
        public ClusterQueue At(TimeSpan now) =>
            LeaseEnd > now ? View with { TimeToEnd = LeaseEnd - now } : View;
    }
}
