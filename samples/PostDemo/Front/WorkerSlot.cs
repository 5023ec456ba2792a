using Microsoft.Extensions.Options;
using QueueAdmission;

namespace PostDemo;

/// <summary>The state of the process that runs the jobs.</summary>
internal enum WorkerState
{
    /// <summary>The process is starting.</summary>
    Starting,

    /// <summary>The process runs jobs.</summary>
    Running,

    /// <summary>There is no process. A new one is started soon.</summary>
    Down,
}

/// <summary>Starts the process that runs the jobs, and starts it again whenever it ends.</summary>
internal sealed class WorkerSlot(
    WorkerCommand command, IDeferredJobs jobs, PostTable table, IOptionsMonitor<WorkerOptions> options,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WorkerSlot> log) : IHostedService
{
    private static readonly TimeSpan LastJobs = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private WorkerProcess? _process;
    private bool _isReady;
    private bool _isKilled;
    private int _kills;
    private Task _running = Task.CompletedTask;

    public int Kills => Volatile.Read(ref _kills);

    public WorkerState State
    {
        get
        {
            lock (_lock)
            {
                return _process is null || _isKilled ? WorkerState.Down
                    : _isReady ? WorkerState.Running : WorkerState.Starting;
            }
        }
    }

    /// <summary>The id of the process; null if there is none at the moment.</summary>
    public int? ProcessId
    {
        get
        {
            lock (_lock)
                return _isKilled ? null : _process?.Id;
        }
    }

    /// <summary>
    /// Begins to start the process. The front does not wait for the process, because posts are accepted without it.
    /// </summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(Close);
        _running = RunAsync(lifetime.ApplicationStopping);
        return Task.CompletedTask;
    }

    /// <summary>Waits until the process has finished its jobs and ended, and kills it if that takes too long.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _running.WaitAsync(LastJobs, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
                _process?.Kill();
            await _running;
        }
    }

    /// <summary>Kills the process, as kill -9 does. A new process is started automatically.</summary>
    /// <param name="status">202; 409 if there is no process at the moment.</param>
    public object Kill(out int status)
    {
        lock (_lock)
        {
            if (_process is null || _isKilled || lifetime.ApplicationStopping.IsCancellationRequested)
            {
                status = StatusCodes.Status409Conflict;
                return new { title = "No process is running the jobs at the moment. One will start automatically." };
            }
            _process.Kill();
            (_isKilled, _isReady) = (true, false);
            status = StatusCodes.Status202Accepted;
            return new { process = _process.Id, kills = ++_kills };
        }
    }

    private void Close()
    {
        lock (_lock)
            _process?.Close();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!stopping.IsCancellationRequested)
        {
            if (await CountInterruptedAsync(stopping))
                await RunOnceAsync(stopping);
            await Task.Delay(options.CurrentValue.RestartAfter, time, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Records the jobs that the store counts as running. No process runs jobs now, so these jobs were interrupted.
    /// </summary>
    private async Task<bool> CountInterruptedAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var queues = await jobs.ReadQueuesAsync();
                await table.AddStartAsync(queues.Sum(queue => queue.Running), stopping);
                return true;
            }
            catch (Exception exception) when (Counter.IsFailure(exception))
            {
                log.FileIsAway(exception.Message);
                await Task.Delay(LookInterval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
        return false;
    }

    private async Task RunOnceAsync(CancellationToken stopping)
    {
        using var process = WorkerProcess.Start(command, line => Console.Out.WriteLine($"worker | {line}"));
        lock (_lock)
        {
            (_process, _isKilled, _isReady) = (process, false, false);
            // The application began to stop while the process was being started.
            if (stopping.IsCancellationRequested)
                process.Close();
        }
        var end = process.WaitForExitAsync();
        if (await process.Ready)
        {
            lock (_lock)
                _isReady = !_isKilled;
            log.WorkerRuns(process.Id);
        }
        await end;
        lock (_lock)
            (_process, _isReady) = (null, false);
        if (!stopping.IsCancellationRequested)
            log.WorkerHasEnded(process.Id, process.ExitCode);
    }
}
