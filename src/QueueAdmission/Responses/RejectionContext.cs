using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// A rejected request, as <see cref="QueuedAdmissionOptions.OnRejected"/> and <see cref="IRejectionWriter"/> receive
/// it.
/// </summary>
public readonly struct RejectionContext
{
    private readonly IQueueRejectionFeature _rejection;

    /// <summary>Creates the description of a rejected request. Intended for tests of hooks and writers.</summary>
    /// <param name="httpContext">The request.</param>
    /// <param name="rejection">The rejection.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public RejectionContext(HttpContext httpContext, IQueueRejectionFeature rejection)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        ArgumentNullException.ThrowIfNull(rejection);
        HttpContext = httpContext;
        _rejection = rejection;
        Format = RejectionFormats.Choose(httpContext.Request);
    }

    internal RejectionContext(
        HttpContext httpContext,
        IQueueRejectionFeature rejection,
        RequestQueue queue,
        PreparedRejection prepared,
        RejectionHandling handling)
        : this(httpContext, rejection)
    {
        Queue = queue;
        Prepared = prepared;
        Handling = handling;
        IsHead = httpContext.Request.Method == HttpMethods.Head;
    }

    /// <summary>The request. Either its handler does not run, or the handler called <c>EnterQueueAsync</c>.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The name of the queue.</summary>
    public string QueueName => _rejection.QueueName;

    /// <summary>The reason.</summary>
    public RejectionReason Reason => _rejection.Reason;

    /// <summary>
    /// The time after which the client should try again, in whole seconds. The header <c>Retry-After</c> has this
    /// value.
    /// </summary>
    public TimeSpan RetryAfter => _rejection.RetryAfter;

    /// <summary>How long the request waited; zero if the queue rejected it at once.</summary>
    public TimeSpan Waited => _rejection.Waited;

    /// <summary>The kind of answer that the client understands.</summary>
    public RejectionFormat Format { get; }

    internal RequestQueue Queue { get; } = null!;

    internal PreparedRejection Prepared { get; } = null!;

    internal RejectionHandling Handling { get; } = null!;

    /// <summary>Whether the answer has no body, because the request asks for headers only.</summary>
    internal bool IsHead { get; }

    /// <summary>Whether the <c>Accept</c> header names a media type, and JSON is not preferred to it.</summary>
    /// <remarks>Wildcards do not name a type: most programs send <c>*/*</c>.</remarks>
    /// <param name="mediaType">The media type, for example <c>text/csv</c>; compared without case.</param>
    /// <returns>True if the client prefers the type. False for gRPC calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="mediaType"/> is null.</exception>
    public bool Prefers(string mediaType)
    {
        ArgumentNullException.ThrowIfNull(mediaType);
        return Format != RejectionFormat.Grpc && AcceptHeader.Prefers(HttpContext.Request.Headers.Accept, mediaType);
    }
}
