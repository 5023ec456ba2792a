using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>A rejection as the clients of a queue see it. Its bodies are built when they are first needed.</summary>
/// <remarks>
/// All requests that the queue rejects without waiting, for this reason and with this <c>Retry-After</c>, share one
/// object. It is also their <see cref="IQueueRejectionFeature"/>.
/// </remarks>
internal sealed class PreparedRejection(
    string queueName, RejectionReason reason, int seconds, int statusCode, RejectionTexts texts)
    : IQueueRejectionFeature
{
    // Two requests may build the same body at the same time. Both bodies are valid, and one of them is kept.
    private ProblemBody? _problem;
    private BrowserPage? _page;
    private GrpcRejection? _grpc;

    public string QueueName => queueName;

    public RejectionReason Reason => reason;

    public TimeSpan RetryAfter => TimeSpan.FromSeconds(seconds);

    public TimeSpan Waited => TimeSpan.Zero;

    public int Seconds => seconds;

    public int StatusCode => statusCode;

    public RejectionTexts Texts => texts;

    /// <summary>The value of the header <c>Retry-After</c>.</summary>
    public StringValues RetryAfterHeader { get; } = seconds.ToString(CultureInfo.InvariantCulture);

    // Type and title are those that ASP.NET Core itself gives to the status.
    public string Type => statusCode switch
    {
        503 => "https://tools.ietf.org/html/rfc9110#section-15.6.4",
        429 => "https://tools.ietf.org/html/rfc6585#section-4",
        _ => "about:blank",
    };

    public string Title =>
        ReasonPhrases.GetReasonPhrase(statusCode) is { Length: > 0 } phrase ? phrase : texts.UnnamedStatus;

    public string Detail => texts.DetailOf(texts.CauseOf(reason), Time);

    /// <summary>The time after which to try again, in words.</summary>
    public string Time => texts.TimeOf(seconds);

    public ProblemBody Problem => _problem ??= new ProblemBody(this);

    /// <summary>
    /// Returns the page in a language. Only the page in the latest language is kept, because most requests have the
    /// same language.
    /// </summary>
    public BrowserPage PageIn(RejectionTexts language) =>
        _page is { } page && page.Texts == language ? page : _page = new BrowserPage(this, language);

    public GrpcRejection Grpc => _grpc ??= new GrpcRejection(this);
}
