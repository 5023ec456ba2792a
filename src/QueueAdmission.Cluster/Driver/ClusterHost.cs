using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace QueueAdmission.Cluster;

/// <summary>Manages the leases of all queues of the application on two dedicated threads.</summary>
/// <remarks>
/// The threads are dedicated because leases have to be renewed even if the thread pool is starved. One thread calls the
/// store. The other thread listens to the signals of the store and wakes the first. A waiting job wakes the first
/// thread as well.
/// </remarks>
internal sealed class ClusterHost : IHostedService, IJobQueueExtension, ICluster, IDisposable
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ListenAgainAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly ConcurrentDictionary<JobQueue, LeasedQueue> _queues = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ClusterConnection? _connection;
    private readonly ClusterIdentity _identity = ClusterIdentity.Create();
    private readonly LocalClock _clock;
    private readonly ILogger _logger;
    private readonly IOptionsMonitor<ClusterOptions> _options;
    private readonly IDisposable? _optionsChange;
    private readonly TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _duration;
    private Thread? _renewals;
    private Thread? _signals;
    private bool _isLeaving;

    public ClusterHost(IServiceProvider services, IOptionsMonitor<ClusterOptions> options)
    {
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        _logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateGuardedLogger(
            "QueueAdmission.Cluster");
        _clock = new LocalClock(time);
        _options = options;
        var settings = options.CurrentValue;
        _duration = settings.LeaseDuration;
        if (services.GetService<ILeaseStore>() is { } store)
        {
            var metrics = new ClusterMetrics(services.GetService<IMeterFactory>(), this);
            _connection = new ClusterConnection(store, settings.Name ?? DefaultName(services), metrics, time, _logger);
        }
        _optionsChange = options.OnChange(OnOptionsChanged);
    }

    public ClusterOutage? Outage => _connection?.Outage;

    public IReadOnlyList<ClusterQueue> GetQueues() =>
        [.. _queues.Values.Select(queue => queue.LastView).OrderBy(queue => queue.Queue, StringComparer.Ordinal)];

    public void OnCreated(JobQueue queue)
    {
        if (IsOfCluster(queue) && _connection is null)
            throw new OptionsValidationException(
                queue.Name, typeof(JobQueueOptions), [ClusterStoreCheck.MessageFor(queue.Name)]);
        queue.SettingsChanged += OnSettingsChanged;
        queue.JobWaiting += OnJobWaiting;
        // This runs before the first job, so a queue of the cluster never runs without its limit.
        OnSettingsChanged(queue);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_connection is not { } connection)
            return Task.CompletedTask;
        _renewals = StartThread("QueueAdmission leases", RunRenewals);
        if (connection.Store.HasSignals)
            _signals = StartThread("QueueAdmission signals", RunSignals);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Returns idle workers to the cluster. Running jobs keep their workers, because these jobs may continue while
    /// other services stop. The leases of their workers are renewed until this object is disposed.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_renewals is null)
            return;
        Do(Leave);
        try
        {
            await _leaving.Task.WaitAsync(TimeSpan.FromSeconds(2), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // The store is unreachable or slow. The entries of this node expire.
        }
    }

    public void Dispose()
    {
        _optionsChange?.Dispose();
        if (!_stopping.IsCancellationRequested)
            _stopping.Cancel();
        _wake.Set();
        _renewals?.Join(TimeSpan.FromSeconds(2));
        _signals?.Join(TimeSpan.FromSeconds(2));
    }

    private static bool IsOfCluster(JobQueue queue) => queue.GetSetting(ClusterSettings.ClusterWorkers) is not null;

    private static string DefaultName(IServiceProvider services) =>
        services.GetService<IHostEnvironment>() is { } environment
        ? $"{environment.ApplicationName}:{environment.EnvironmentName}"
        : AppDomain.CurrentDomain.FriendlyName;

    private static Thread StartThread(string name, ThreadStart run)
    {
        var thread = new Thread(run) { Name = name, IsBackground = true };
        thread.UnsafeStart();
        return thread;
    }

    /// <summary>Runs an action as soon as possible on the thread that renews the leases.</summary>
    private void Do(Action command)
    {
        _commands.Enqueue(command);
        _wake.Set();
    }

    private void OnJobWaiting(JobQueue queue)
    {
        if (_queues.TryGetValue(queue, out var leased) && leased.WatchesHunger)
            _wake.Set();
    }

    private void OnSettingsChanged(JobQueue queue)
    {
        if (_connection is not { } connection)
            return;
        if (!IsOfCluster(queue))
        {
            if (_queues.TryGetValue(queue, out var former))
                Do(() => Remove(former));
            return;
        }
        var isNew = false;
        var leased = _queues.GetOrAdd(queue, _ =>
        {
            isNew = true;
            return new LeasedQueue(queue, connection, _identity, _clock, _duration, _logger);
        });
        Do(isNew ? static () => { } : () => leased.UpdateTerms(_duration));
    }

    private void OnOptionsChanged(ClusterOptions options) => Do(() =>
    {
        _duration = options.LeaseDuration;
        foreach (var queue in _queues.Values)
        {
            queue.UpdateTerms(_duration);
        }
    });

    private void RunRenewals()
    {
        while (!_stopping.IsCancellationRequested)
        {
            while (_commands.TryDequeue(out var command))
            {
                command();
            }
            var sleep = LongestSleep;
            foreach (var queue in _queues.Values)
            {
                var next = Pump(queue);
                sleep = next < sleep ? next : sleep;
            }
            if (_isLeaving
                && _queues.Values.All(
                    queue => queue.HasLeft || queue.LastView.Held <= queue.Queue.ReadDemand().WorkersInUse))
                _leaving.TrySetResult();
            if (sleep > TimeSpan.Zero)
                _wake.WaitOne(sleep < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : sleep);
        }
    }

    private TimeSpan Pump(LeasedQueue queue)
    {
        try
        {
            return queue.Pump();
        }
        catch (ObjectDisposedException)
        {
            // The queue has been disposed.
            _queues.TryRemove(queue.Queue, out _);
            return LongestSleep;
        }
#pragma warning disable CA1031 // The thread serves all queues, and must not end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            ClusterLog.DriverFailed(_logger, exception, queue.Queue.Name);
            return ListenAgainAfter;
        }
    }

    private void Leave()
    {
        _isLeaving = true;
        foreach (var queue in _queues.Values)
        {
            queue.Leave();
        }
    }

    private void Remove(LeasedQueue queue)
    {
        // The entry of this node in the store expires. Until then, no other node uses its workers.
        if (_queues.TryRemove(queue.Queue, out _))
            queue.Detach();
    }

    private void RunSignals()
    {
        var (store, cluster) = (_connection!.Store, _connection.Cluster);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                store.Listen(cluster, OnSignal, _stopping.Token);
            }
#pragma warning disable CA1031 // A store may throw anything. The node then polls the store instead.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (!_stopping.IsCancellationRequested)
                    ClusterLog.SignalsLost(_logger, exception.Message);
            }
            _stopping.Token.WaitHandle.WaitOne(ListenAgainAfter);
        }
    }

    private void OnSignal(LeaseStoreSignal signal) => Do(() =>
    {
        foreach (var queue in _queues.Values)
        {
            if (signal.Queue.Length == 0 || signal.Queue == queue.Key.Queue)
                queue.OnSignal(signal.Text);
        }
    });
}
