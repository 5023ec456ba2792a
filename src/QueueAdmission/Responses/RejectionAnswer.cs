using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>One refusal as the clients of one queue get to see it: its words, and its bodies, each built when it is first needed.</summary>
internal sealed class RejectionAnswer(string queueName, RejectionReason reason, int seconds, int statusCode)
{
    // Two requests may build the same body at once: both are right, and one of them stays.
    private ProblemBody? _problem;
    private BrowserPage? _page;
    private GrpcRejection? _grpc;

    public string QueueName => queueName;

    public RejectionReason Reason => reason;

    public int Seconds => seconds;

    public int StatusCode => statusCode;

    public StringValues RetryAfter { get; } = seconds.ToString(CultureInfo.InvariantCulture);

    // Type and title are those that ASP.NET Core itself gives to the status.
    public string Type => statusCode switch
    {
        503 => "https://tools.ietf.org/html/rfc9110#section-15.6.4",
        429 => "https://tools.ietf.org/html/rfc6585#section-4",
        _ => "about:blank",
    };

    public string Title => ReasonPhrases.GetReasonPhrase(statusCode) is { Length: > 0 } phrase ? phrase : "Rejected";

    public string Detail => $"{Cause} Try again in {InWords}.";

    public string Cause => reason switch
    {
        RejectionReason.QueueFull => "More requests have come than can be handled, and the queue is full.",
        RejectionReason.WaitTimeout => "The request waited in the queue, but its turn did not come in time.",
        RejectionReason.Draining => "No new requests are taken at the moment.",
        RejectionReason.PartitionFull => "You have sent more requests than can be handled for one caller at a time.",
        RejectionReason.KeyLimit => "As many of your requests are being handled as one caller may have at a time.",
        RejectionReason.Shed => "More requests have come than can be handled in time, so this one was given up.",
        RejectionReason.DeadlineTooClose => "The request could not have been handled before its deadline.",
        RejectionReason.Displaced => "The queue was full, and another request took the place of this one.",
        _ => "The request was not taken.",
    };

    public string InWords => seconds switch
    {
        1 => "1 second",
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{seconds} seconds"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(seconds + 30) / 60} minutes"),
    };

    public ProblemBody Problem => _problem ??= new ProblemBody(this);

    public BrowserPage Page => _page ??= new BrowserPage(this);

    public GrpcRejection Grpc => _grpc ??= new GrpcRejection(this);
}
