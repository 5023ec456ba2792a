namespace QueueAdmission.Protocols.Uploads;

/// <summary>Wraps a request body, and counts its reads and the bytes that are read.</summary>
internal sealed class ReadWatch(Stream body) : Stream
{
    private long _bytes;
    private int _reads;

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The number of reads that were started.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        var read = await body.ReadAsync(buffer, cancellationToken);
        Interlocked.Add(ref _bytes, read);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
