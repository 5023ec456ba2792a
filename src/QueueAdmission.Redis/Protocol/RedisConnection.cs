namespace QueueAdmission.Redis;

/// <summary>One connection to one server, for one thread at a time.</summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly PolledStream _plain;
    private readonly Stream _stream;
    private readonly RespReader _reader;

    private RedisConnection(RedisEndpoint endpoint, RedisConnectionString settings, PolledStream plain, Stream stream)
    {
        Endpoint = endpoint;
        Settings = settings;
        _plain = plain;
        _stream = stream;
        _reader = new RespReader(stream);
    }

    public RedisEndpoint Endpoint { get; }

    /// <summary>The connection string with which the connection was opened.</summary>
    public RedisConnectionString Settings { get; }

    /// <summary>Opens a connection without logging in.</summary>
    public static RedisConnection Open(
        RedisEndpoint endpoint, RedisConnectionString settings, RedisLeaseStoreOptions options)
    {
        // Half of the limit: the system repeats a lost packet only after a second, but a new attempt sends one at once.
        var plain =
            new PolledStream(RedisSocket.Connect(endpoint, options.CallTimeout / 2)) { Limit = options.CallTimeout };
        try
        {
            return new RedisConnection(
                endpoint, settings, plain, RedisSocket.OpenStream(plain, endpoint, settings, options));
        }
        catch
        {
            plain.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command and waits for the answer.</summary>
    /// <exception cref="RedisErrorException">The answer is an error.</exception>
    /// <exception cref="IOException">No answer arrived. The connection can no longer be used.</exception>
    public object? Call(RespCommand command)
    {
        Send(command);
        return Receive();
    }

    public void Send(RespCommand command)
    {
        _stream.Write(command.ToBytes());
        _stream.Flush();
    }

    public object? Receive()
    {
        var answer = _reader.Read();
        return answer is RedisErrorException error ? throw error : answer;
    }

    /// <summary>
    /// Lets <see cref="Receive"/> wait without a time limit from now on. <see cref="Dispose"/> ends the waiting.
    /// </summary>
    public void WaitForEver() => _plain.Limit = Timeout.InfiniteTimeSpan;

    public void Dispose()
    {
        // The plain stream first: this ends a read on another thread, and TLS then does not try to send anything.
        _plain.Dispose();
        _stream.Dispose();
    }
}
