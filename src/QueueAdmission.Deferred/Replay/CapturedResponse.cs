using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission.Deferred;

/// <summary>The response of a handler that runs later. It is kept in memory, up to a limit.</summary>
/// <remarks>
/// The framework's <see cref="HttpResponseFeature"/> ignores the callbacks of <c>OnStarting</c>. This class runs them
/// before the first byte, as a server does.
/// </remarks>
internal sealed class CapturedResponse : IHttpResponseFeature, IHttpResponseBodyFeature
{
    private readonly HeaderDictionary _headers = [];
    private readonly CaptureStream _stream;
    private Stack<(Func<object, Task> Callback, object State)>? _onStarting;
    private Stack<(Func<object, Task> Callback, object State)>? _onCompleted;
    private PipeWriter? _writer;
    private Task? _starting;
    private IHeaderDictionary? _replacedHeaders;

    /// <param name="maxBody">The maximum size of a body that is kept.</param>
    public CapturedResponse(int maxBody) => _stream = new CaptureStream(this, maxBody);

    public int StatusCode
    {
        get;
        set
        {
            ThrowIfStarted(nameof(StatusCode));
            field = value;
        }
    } = StatusCodes.Status200OK;

    public string? ReasonPhrase
    {
        get;
        set
        {
            ThrowIfStarted(nameof(ReasonPhrase));
            field = value;
        }
    }

    public IHeaderDictionary Headers
    {
        get => _replacedHeaders ?? _headers;
        set => _replacedHeaders = value;
    }

    Stream IHttpResponseFeature.Body
    {
        get => _stream;
        set => throw new NotSupportedException("Set HttpResponse.Body instead.");
    }

    public bool HasStarted { get; private set; }

    public Stream Stream => _stream;

    public PipeWriter Writer => _writer ??= PipeWriter.Create(_stream, new StreamPipeWriterOptions(leaveOpen: true));

    /// <summary>The body; empty if it was too large.</summary>
    public ReadOnlyMemory<byte> Body => _stream.Bytes;

    /// <summary>Whether the body was dropped because it was larger than permitted.</summary>
    public bool IsBodyDropped => _stream.IsDropped;

    public void OnStarting(Func<object, Task> callback, object state)
    {
        ThrowIfStarted(nameof(OnStarting));
        (_onStarting ??= new()).Push((callback, state));
    }

    public void OnCompleted(Func<object, Task> callback, object state) =>
        (_onCompleted ??= new()).Push((callback, state));

    public void DisableBuffering()
    {
    }

    public Task StartAsync(CancellationToken cancellationToken = default) =>
        HasStarted ? Task.CompletedTask : _starting ??= StartOnceAsync();

    public async Task CompleteAsync()
    {
        await StartAsync();
        if (_writer is not null)
        {
            await _writer.FlushAsync();
        }
    }

    public async Task SendFileAsync(
        string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        await StartAsync(cancellationToken);
        await SendFileFallback.SendFileAsync(_stream, path, offset, count, cancellationToken);
    }

    /// <summary>
    /// Runs the callbacks that are registered for the end of the response. One of them disposes the services of the
    /// request.
    /// </summary>
    /// <param name="onFailure">Receives each exception that a callback throws. The other callbacks still run.</param>
    public async Task CompleteCallbacksAsync(Action<Exception> onFailure)
    {
        while (_onCompleted is { Count: > 0 })
        {
            var (callback, state) = _onCompleted.Pop();
            try
            {
                await callback(state);
            }
#pragma warning disable CA1031 // As on a server, the exception can no longer change the response.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                onFailure(exception);
            }
        }
    }

    private async Task StartOnceAsync()
    {
        // A callback may register another one.
        while (_onStarting is { Count: > 0 })
        {
            var (callback, state) = _onStarting.Pop();
            await callback(state);
        }
        HasStarted = true;
        _headers.IsReadOnly = true;
    }

    private void ThrowIfStarted(string what)
    {
        if (HasStarted)
        {
            throw new InvalidOperationException($"{what} cannot be set because the response has already started.");
        }
    }
}
