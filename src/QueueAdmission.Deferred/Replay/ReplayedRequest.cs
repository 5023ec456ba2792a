using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission.Deferred;

/// <summary>The request as a handler sees it when it runs later.</summary>
internal sealed class ReplayedRequest
    : IHttpRequestFeature, IHttpRequestBodyDetectionFeature, IHttpRequestLifetimeFeature, IHttpRequestIdentifierFeature,
        IHttpBodyControlFeature
{
    private readonly CancellationTokenSource _aborted;

    public ReplayedRequest(StoredRequest request, CancellationTokenSource aborted)
    {
        _aborted = aborted;
        (Protocol, Scheme, Method) = (request.Protocol, request.Scheme, request.Method);
        (PathBase, Path, QueryString) = (request.PathBase, request.Path, request.QueryString);
        RawTarget = request.PathBase + request.Path + request.QueryString;
        foreach (var (name, values) in request.Headers)
        {
            Headers[name] = values;
        }
        Headers.Host = request.Host;
        Body = request.HasBody ? new MemoryStream(ToArray(request.Body), writable: false) : Stream.Null;
        // Otherwise binding would assume that the request has no body.
        CanHaveBody = request.HasBody;
        RequestAborted = aborted.Token;
        TraceIdentifier = JobId.ToText(request.Id);
    }

    public string Protocol { get; set; }

    public string Scheme { get; set; }

    public string Method { get; set; }

    public string PathBase { get; set; }

    public string Path { get; set; }

    public string QueryString { get; set; }

    public string RawTarget { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public Stream Body { get; set; }

    public bool CanHaveBody { get; }

    public CancellationToken RequestAborted { get; set; }

    public string TraceIdentifier { get; set; }

    // Allowed because the bodies are in memory, so no thread blocks on a client.
    public bool AllowSynchronousIO { get; set; } = true;

    /// <summary>Whether the handler has aborted the request.</summary>
    public bool IsAborted { get; private set; }

    public void Abort()
    {
        IsAborted = true;
        Aborting.Cancel(_aborted);
    }

    private static byte[] ToArray(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var whole) && whole.Offset == 0
            && whole.Count == whole.Array!.Length
            ? whole.Array
            : bytes.ToArray();
}
