using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission.Benchmarks;

/// <summary>A response body that writes to a buffer, as a server's does, and discards the bytes.</summary>
/// <remarks>
/// Without a server, the default body of a context is a stream behind the interface of a pipe. Flushing it costs
/// several times what flushing a server's body costs.
/// </remarks>
internal sealed class NullResponseBody : PipeWriter, IHttpResponseBodyFeature
{
    private readonly byte[] _buffer = new byte[4_096];

    public Stream Stream => Stream.Null;

    public PipeWriter Writer => this;

    public override void Advance(int bytes)
    {
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

    public override Span<byte> GetSpan(int sizeHint = 0) => _buffer;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    public void DisableBuffering()
    {
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        Task.CompletedTask;

    public Task CompleteAsync() => Task.CompletedTask;
}
