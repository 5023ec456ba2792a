using System.Net.Sockets;

namespace QueueAdmission.Redis;

/// <summary>A stream over a socket whose reads and writes wait only in the operating system.</summary>
/// <remarks>
/// <para>On Unix, a socket that was once non-blocking remains non-blocking, and .NET emulates blocking calls: an event
/// of the operating system wakes the caller. If that event arrives between the caller's attempt to read and its
/// registration, .NET passes the event to the thread pool. A starved pool does not handle the event, and the caller
/// waits until its time limit.</para>
/// <para>Any client that connects with a time limit has such a socket. This stream therefore first waits until the
/// operating system reports the socket as ready (<see cref="Socket.Poll(TimeSpan, SelectMode)"/>), and only then reads
/// or writes.</para>
/// </remarks>
internal sealed class PolledStream(Socket socket) : Stream
{
    private volatile bool _isDisposed;

    /// <summary>
    /// The longest time that one read or write may wait. No limit if it is <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan Limit { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }
        while (true)
        {
            Wait(SelectMode.SelectRead);
            var read = socket.Receive(buffer, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                return read;
            }
            ThrowUnlessNotReady(error);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            Wait(SelectMode.SelectWrite);
            var written = socket.Send(buffer, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                buffer = buffer[written..];
            }
            else
            {
                ThrowUnlessNotReady(error);
            }
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            try
            {
                // Wakes a thread that waits for the socket.
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The socket was no longer connected.
            }
            socket.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Wait(SelectMode mode)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!socket.Poll(Limit, mode))
        {
            throw new IOException($"no answer within {Limit.TotalMilliseconds:0} ms");
        }
        ObjectDisposedException.ThrowIf(_isDisposed, this);
    }

    private static void ThrowUnlessNotReady(SocketError error)
    {
        if (error is not (SocketError.WouldBlock or SocketError.Interrupted))
        {
            throw new IOException(new SocketException((int)error).Message, new SocketException((int)error));
        }
    }
}
