using System.Net.Sockets;

namespace QueueAdmission.Redis;

/// <summary>A stream over a socket that waits in the operating system, and nowhere else.</summary>
/// <remarks>
/// On Unix, a socket that ever was non-blocking stays so, and .NET emulates blocking calls: an event of the
/// operating system wakes the caller. If that event comes between the caller's attempt to read and its registration,
/// it is passed to the thread pool. A starved pool does not run it, and the caller waits until its time limit.
/// Any client that connects with a time limit has such a socket. So this one asks the operating system whether the
/// socket is ready (<see cref="Socket.Poll(TimeSpan, SelectMode)"/>), and only then reads or writes.
/// </remarks>
internal sealed class PolledStream(Socket socket) : Stream
{
    private volatile bool _isDisposed;

    /// <summary>
    /// How long one read or write may wait; infinite if it is <see cref="Timeout.InfiniteTimeSpan"/>.
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
                // Wakes a thread that waits.
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // It was not connected any more.
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
