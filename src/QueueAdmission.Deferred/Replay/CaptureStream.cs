using System.Buffers;

namespace QueueAdmission.Deferred;

/// <summary>Captures the body of a response. A body that exceeds the limit is dropped completely.</summary>
/// <remarks>
/// A handler that writes too much is not interrupted. Its work is done, and another attempt would repeat the work and
/// write just as much.
/// </remarks>
internal sealed class CaptureStream(CapturedResponse response, int limit) : Stream
{
    private ArrayBufferWriter<byte>? _buffer;

    public bool IsDropped { get; private set; }

    public ReadOnlyMemory<byte> Bytes => IsDropped || _buffer is null ? default : _buffer.WrittenMemory;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => FlushAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override Task FlushAsync(CancellationToken cancellationToken) => response.StartAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        response.StartAsync().GetAwaiter().GetResult();
        Append(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!response.HasStarted)
        {
            await response.StartAsync(cancellationToken);
        }
        Append(buffer.Span);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (IsDropped)
        {
            return;
        }
        _buffer ??= new ArrayBufferWriter<byte>();
        if (_buffer.WrittenCount + (long)bytes.Length > limit)
        {
            IsDropped = true;
            _buffer = null;
            return;
        }
        _buffer.Write(bytes);
    }
}
