using System.Net.Sockets;

namespace ClusterDemo;

/// <summary>The state of a shop.</summary>
internal enum ShopState
{
    /// <summary>The process of the shop is starting.</summary>
    Starting,

    /// <summary>The shop sells.</summary>
    Open,

    /// <summary>The shop has no process. A new one is started soon.</summary>
    Closed,
}

/// <summary>An open shop.</summary>
/// <param name="Number">The number of the shop.</param>
/// <param name="Address">The address at which its process listens.</param>
internal sealed record OpenShop(int Number, Uri Address)
{
    /// <summary>Whether an exception says that a call to a shop has failed.</summary>
    /// <remarks>
    /// <see cref="HttpClient"/> throws a plain <see cref="SocketException"/> if the process ends just after the
    /// connection was opened, an <see cref="IOException"/> if it ends within an answer that is read as a stream, and
    /// an <see cref="OperationCanceledException"/> after a time limit.
    /// </remarks>
    public static bool IsFailure(Exception exception) =>
        exception is HttpRequestException or SocketException or IOException or OperationCanceledException;
}

/// <summary>One of the shops. Starts its process again whenever the process ends.</summary>
internal sealed class ShopSlot(
    int number, IStock stock, DemoOptions options, Func<TimeSpan> closedFor, TimeProvider time, ILogger log)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<bool> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ShopProcess? _process;
    private OpenShop? _open;
    private bool _isKilled;
    private int _kills;
    private Task _running = Task.CompletedTask;

    public int Number => number;

    /// <summary>The shop if it is open now; otherwise null.</summary>
    public OpenShop? Open => Volatile.Read(ref _open);

    public int Kills => Volatile.Read(ref _kills);

    public ShopState State
    {
        get
        {
            lock (_lock)
            {
                return _process is null || _isKilled ? ShopState.Closed
                    : _open is null ? ShopState.Starting : ShopState.Open;
            }
        }
    }

    /// <summary>The id of the shop's process; null if there is none at the moment.</summary>
    public int? ProcessId
    {
        get
        {
            lock (_lock)
                return _isKilled ? null : _process?.Id;
        }
    }

    public ShopBooks Books { get; } = new();

    /// <summary>Starts the shop.</summary>
    /// <returns>True when the shop is open; false if its process ended before that.</returns>
    public Task<bool> StartAsync()
    {
        _running = RunAsync();
        return _opened.Task;
    }

    /// <summary>Kills the process, as kill -9 does.</summary>
    /// <returns>The id of the process; null if there is none at the moment.</returns>
    public int? Kill()
    {
        lock (_lock)
        {
            if (_process is null || _isKilled || _stopping.IsCancellationRequested)
                return null;
            _process.Kill();
            // The end of the process is noticed a moment later. No shopper is sent to it from now on.
            (_isKilled, _open) = (true, null);
            _kills++;
            return _process.Id;
        }
    }

    /// <summary>Lets the shop finish its orders. It is not started again.</summary>
    public void Close()
    {
        _stopping.Cancel();
        lock (_lock)
            _process?.Close();
    }

    /// <summary>Waits until the process has ended, and kills it if that takes too long.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        Close();
        try
        {
            await _running.WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            lock (_lock)
                _process?.Kill();
            await _running;
        }
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await RunOnceAsync();
            await Task.Delay(closedFor(), time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        _opened.TrySetResult(false);
    }

    private async Task RunOnceAsync()
    {
        using var process = ShopProcess.Start(
            number, options, line => Console.Out.WriteLine($"shop {number} | {line}"));
        lock (_lock)
        {
            (_process, _isKilled) = (process, false);
            // Close was called while the process was being started.
            if (_stopping.IsCancellationRequested)
                process.Close();
        }
        var end = process.WaitForExitAsync();
        if (await process.Address is { } address)
        {
            lock (_lock)
                _open = _isKilled ? null : new OpenShop(number, address);
            log.ShopIsOpen(number, process.Id, address);
            _opened.TrySetResult(true);
        }
        await end;
        lock (_lock)
        {
            _open = null;
            _process = null;
        }
        if (!_stopping.IsCancellationRequested)
            log.ShopHasEnded(number, process.Id, process.ExitCode);
        _opened.TrySetResult(false);
        await ClearAsync();
    }

    /// <summary>
    /// Removes the jobs of the ended process from the stock, so that they no longer count as running.
    /// </summary>
    private async Task ClearAsync()
    {
        try
        {
            await stock.ClearAsync(number, generation: null);
        }
        catch (Exception exception) when (DemoServer.IsFailure(exception))
        {
            // The next process of the shop removes them before it sells.
            log.StockIsAway(exception.Message);
        }
    }
}
