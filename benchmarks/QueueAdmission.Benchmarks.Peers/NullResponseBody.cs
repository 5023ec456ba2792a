using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission.Benchmarks;

/// <summary>A response body that takes bytes as a server's does, into a buffer of its own, and forgets them.</summary>
/// <remarks>
/// The default body of a context without a server is a stream behind a pipe's interface. Its flush costs several times
/// what a server's does.
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
