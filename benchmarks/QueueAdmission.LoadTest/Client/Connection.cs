using System.Net;
using System.Net.Sockets;
using System.Text;

namespace QueueAdmission.LoadTest.Client;

/// <summary>
/// A minimal HTTP/1.1 connection, which sends requests and reads answers. It uses little processor time, because the
/// client shares the machine with the server.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };
    private readonly byte[] _buffer = new byte[2_048];

    public static byte[] RequestTo(string path, string headers = "") =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");

    /// <summary>Returns a POST request with a JSON body, which must be ASCII.</summary>
    public static byte[] PostTo(string path, string body, string headers = "") => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + $"Content-Length: {body.Length}\r\n{headers}\r\n{body}");

    public static async ValueTask<Connection> OpenAsync(int port, CancellationToken cancellationToken = default)
    {
        var connection = new Connection();
        try
        {
            await connection._socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <returns>The status of the answer, after the whole answer has been read.</returns>
    /// <exception cref="IOException">
    /// The server closed the connection, or its answer has an unexpected form.
    /// </exception>
    public async ValueTask<int> GetAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default)
    {
        await SendAsync(request, cancellationToken);
        return await ReadAnswerAsync(cancellationToken);
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default) =>
        await _socket.SendAsync(request, cancellationToken);

    public async ValueTask<int> ReadAnswerAsync(CancellationToken cancellationToken = default)
    {
        var read = 0;
        int bodyAt;
        while ((bodyAt = _buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8)) < 0)
            read += await ReceiveAsync(_buffer.AsMemory(read), cancellationToken);
        bodyAt += 4;
        var status = Digits(_buffer.AsSpan(9, 3));
        var left = bodyAt + ContentLength(_buffer.AsSpan(0, bodyAt)) - read;
        while (left > 0)
            left -= await ReceiveAsync(_buffer, cancellationToken);
        return status;
    }

    /// <summary>Reads an answer that has no end until the token is canceled.</summary>
    /// <returns>The number of bytes that were read.</returns>
    /// <exception cref="IOException">The status is not 200, or the answer has ended.</exception>
    public async ValueTask<long> ReadStreamAsync(CancellationToken cancellationToken)
    {
        long read = await ReceiveAsync(_buffer, cancellationToken);
        if (!_buffer.AsSpan(9, 3).SequenceEqual("200"u8))
            throw new IOException("The stream was refused.");
        try
        {
            while (true)
                read += await ReceiveAsync(_buffer, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return read;
        }
    }

    /// <summary>
    /// Closes the connection with a reset, as an impatient client does. No port remains in the state TIME_WAIT.
    /// </summary>
    public void Dispose()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var received = await _socket.ReceiveAsync(buffer, cancellationToken);
        return received > 0 ? received : throw new IOException("The server closed the connection.");
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var name = "Content-Length: "u8;
        var at = head.IndexOf(name);
        if (at < 0)
            throw new IOException("The answer has no length.");
        head = head[(at + name.Length)..];
        return Digits(head[..head.IndexOf((byte)'\r')]);
    }

    private static int Digits(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
            value = (value * 10) + digit - '0';
        return value;
    }
}
