namespace QueueAdmission.Stores;

/// <summary>Opens connections on a dedicated thread, so that the caller can limit its wait.</summary>
/// <remarks>
/// <para>A host name lookup has no time limit, and neither has a handshake with a frozen server. The caller is the
/// thread that renews all leases, so it must not wait for either. An attempt that takes longer continues, and the next
/// call uses its result. There is therefore never more than one attempt at a time, however long the outage
/// lasts.</para>
/// <para>The thread is a dedicated one, because a connection must be possible while the thread pool is starved.</para>
/// </remarks>
/// <typeparam name="T">The type of the connection.</typeparam>
internal sealed class BackgroundOpener<T>(string threadName, Func<T> open) : IDisposable
    where T : class, IDisposable
{
    private readonly Lock _gate = new();
    private Attempt? _current;
    private bool _isDisposed;

    /// <summary>Opens a connection, or takes over the connection that an earlier call has started to open.</summary>
    /// <param name="patience">The maximum time to wait.</param>
    /// <returns>The open connection. The caller disposes it.</returns>
    /// <exception cref="TimeoutException">The connection was not open in time.</exception>
    /// <exception cref="ObjectDisposedException">The opener has been disposed.</exception>
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
                    // Several callers may receive the same exception. ExceptionDispatchInfo keeps the stack trace of
                    // the attempt.
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
