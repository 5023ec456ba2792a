using System.Collections.Concurrent;

namespace QueueAdmission.Stores.Servers;

/// <summary>
/// Listens for signals on a separate thread, and listens again after each failure, like the cluster does.
/// </summary>
internal sealed class SignalEars : IDisposable
{
    private readonly ConcurrentQueue<LeaseStoreSignal> _heard = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private Exception? _last;
    private int _connected;

    public SignalEars(ILeaseStore store, string cluster)
    {
        _thread = new Thread(() =>
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    store.Listen(cluster, OnSignal, _stop.Token);
                }
                catch (LeaseStoreException exception)
                {
                    _last = exception;
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
            }
        });
        _thread.Start();
        try
        {
            WaitForConnection(1);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Connected => _connected;

    public void WaitForConnection(int times) =>
        Eventually.True(() => _connected >= times, () => $"Nothing listens: {_last}");

    public void WaitFor(string text) =>
        Eventually.True(
            () => _heard.Any(signal => signal.Text == text),
            () => $"'{text}' was not heard, but {string.Join(", ", _heard)}: {_last}");

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
    }

    private void OnSignal(LeaseStoreSignal signal)
    {
        _heard.Enqueue(signal);
        if (signal == LeaseStoreSignal.Connected)
        {
            Interlocked.Increment(ref _connected);
        }
    }
}
