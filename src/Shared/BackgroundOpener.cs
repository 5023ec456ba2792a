namespace QueueAdmission.Stores;

/// <summary>Opens connections on a thread of its own, so that the caller never waits longer than it wants to.</summary>
/// <remarks>
/// <para>Looking up a host name has no time limit, and neither has a handshake with a server that is frozen. The caller
/// is the thread that renews all leases, so it must not wait for them. An attempt that takes longer goes on, and the
/// next call takes its result. So there is never more than one attempt, however long the outage is.</para>
/// <para>A dedicated thread is used because this has to work while the thread pool is starved.</para>
/// </remarks>
/// <typeparam name="T">What is opened.</typeparam>
internal sealed class BackgroundOpener<T>(string threadName, Func<T> open) : IDisposable
    where T : class, IDisposable
{
    private readonly Lock _gate = new();
    private Attempt? _current;
    private bool _isDisposed;

    /// <summary>Opens a connection, or takes the one that an earlier call has begun to open.</summary>
    /// <param name="patience">How long to wait.</param>
    /// <returns>The open connection. It belongs to the caller.</returns>
    /// <exception cref="TimeoutException">It was not open in time.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public T Open(TimeSpan patience)
    {
        Attempt attempt;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            attempt = _current ??= Start();
        }
        var isDone = attempt.Done.Wait(patience);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!isDone)
            {
                throw new TimeoutException($"no connection within {patience.TotalMilliseconds:0} ms");
            }
            if (_current == attempt)
            {
                _current = null;
            }
        }
        return attempt.Take();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _current?.Abandon();
            _current = null;
        }
    }

    private Attempt Start()
    {
        var attempt = new Attempt();
        new Thread(() => attempt.Run(open)) { IsBackground = true, Name = threadName }.Start();
        return attempt;
    }

    private sealed class Attempt
    {
        private readonly Lock _gate = new();
        private T? _result;
        private Exception? _failure;
        private bool _isAbandoned;

        public ManualResetEventSlim Done { get; } = new();

        public void Run(Func<T> open)
        {
            T? result = null;
            Exception? failure = null;
            try
            {
                result = open();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
            lock (_gate)
            {
                (_result, _failure) = (result, failure);
                if (_isAbandoned)
                {
                    result?.Dispose();
                }
            }
            Done.Set();
        }

        public T Take()
        {
            lock (_gate)
            {
                if (_failure is { } failure)
                {
                    // Several callers may see it, and each throws it with the trace of its own.
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
                }
                var result = _result ?? throw new TimeoutException("another call took the connection");
                _result = null;
                return result;
            }
        }

        public void Abandon()
        {
            lock (_gate)
            {
                _isAbandoned = true;
                _result?.Dispose();
                _result = null;
            }
        }
    }
}
