using System.Net.Sockets;

namespace QueueAdmission.Redis;

/// <summary>One connection to one server, for one thread at a time.</summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly RespReader _reader;

    private RedisConnection(RedisEndpoint endpoint, RedisConnectionString settings, Socket socket, Stream stream)
    {
        Endpoint = endpoint;
        Settings = settings;
        _socket = socket;
        _stream = stream;
        _reader = new RespReader(stream);
    }

    public RedisEndpoint Endpoint { get; }

    /// <summary>What the connection string said when the connection was made.</summary>
    public RedisConnectionString Settings { get; }

    /// <summary>Connects, without introducing itself.</summary>
    public static RedisConnection Open(RedisEndpoint endpoint, RedisConnectionString settings, RedisLeaseStoreOptions options)
    {
        // Half of it: a packet that was lost in an outage is sent again after a second only, but a new attempt at once.
        var socket = RedisSocket.Connect(endpoint, options.CallTimeout / 2);
        try
        {
            LimitTime(socket, options.CallTimeout);
            return new RedisConnection(endpoint, settings, socket, RedisSocket.OpenStream(socket, endpoint, settings, options));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command and waits for the answer.</summary>
    /// <exception cref="RedisErrorException">The answer is an error.</exception>
    /// <exception cref="IOException">No answer came. The connection cannot be used any more.</exception>
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

    /// <summary>From now on <see cref="Receive"/> waits for ever. <see cref="Dispose"/> ends it.</summary>
    public void WaitForEver() => LimitTime(_socket, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        // The socket first: that ends a read on another thread, and the stream then has nothing left to send.
        _socket.Dispose();
        _stream.Dispose();
    }

    private static void LimitTime(Socket socket, TimeSpan timeout)
    {
        var milliseconds = timeout == Timeout.InfiniteTimeSpan ? 0 : (int)timeout.TotalMilliseconds;
        (socket.SendTimeout, socket.ReceiveTimeout) = (milliseconds, milliseconds);
    }
}
