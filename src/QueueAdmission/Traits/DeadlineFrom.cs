using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>How long a request is worth an answer, and so worth waiting. In configuration it is a text, for example <c>"DeadlineFrom": "RequestTimeout"</c>.</summary>
/// <remarks>
/// The time counts from the request's arrival at the queue. It bounds the waiting besides <see cref="JobQueueOptions.MaxWait"/>; a request that by the queue's own
/// estimate cannot be served within it is refused at once, with <see cref="RejectionReason.DeadlineTooClose"/>.
/// </remarks>
public sealed class DeadlineFrom
{
    internal const string Allowed = "None, RequestTimeout, Header:name";

    private readonly string _text;
    private readonly Func<HttpContext, EndpointTraits, TimeSpan?>? _timeLeft;

    private DeadlineFrom(string text, Func<HttpContext, EndpointTraits, TimeSpan?>? timeLeft) => (_text, _timeLeft) = (text, timeLeft);

    /// <summary>Nothing: only <see cref="JobQueueOptions.MaxWait"/> bounds the waiting. The default.</summary>
    public static DeadlineFrom None { get; } = new(nameof(None), null);

    /// <summary>The endpoint's request timeout, as ASP.NET Core's request timeouts find it: <c>WithRequestTimeout</c>, the attribute, a named policy, or the default policy.</summary>
    /// <remarks>An endpoint without a timeout, or with an infinite or disabled one, has no deadline. A timeout that code disables for a single request still counts.</remarks>
    public static DeadlineFrom RequestTimeout { get; } = new(nameof(RequestTimeout), static (_, endpoint) => endpoint.RequestTimeout);

    /// <summary>
    /// A request header: <c>grpc-timeout</c> or another of its form, up to eight digits and a unit <c>H</c>, <c>M</c>, <c>S</c>, <c>m</c> (milliseconds), <c>u</c> or <c>n</c>;
    /// without a unit they are milliseconds. A request that has it not at all, several times, in another form, with 0 or with more than a day, has no deadline.
    /// </summary>
    /// <param name="name">The header's name.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.DeadlineFrom"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or not the name of a header.</exception>
    public static DeadlineFrom Header(string name) => new(SourceText.Header(name), (context, _) =>
        RequestHeader.Single(context, name) is { } text && TimeoutHeader.TryRead(text, out var timeout) ? timeout : null);

    /// <summary>Whatever your code says. Services are at hand in <c>HttpContext.RequestServices</c>.</summary>
    /// <remarks>
    /// Called only for requests that find no free worker. What it throws goes up the pipeline, and the request takes no place. Not from
    /// configuration, but configuration can replace it.
    /// </remarks>
    /// <param name="timeLeft">
    /// How long the request may still take. Null or <see cref="Timeout.InfiniteTimeSpan"/> for no deadline; zero or less if the time is over, and the
    /// request is refused.
    /// </param>
    /// <returns>A value for <see cref="RequestQueueOptions.DeadlineFrom"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="timeLeft"/> is null.</exception>
    public static DeadlineFrom TimeLeft(Func<HttpContext, TimeSpan?> timeLeft)
    {
        ArgumentNullException.ThrowIfNull(timeLeft);
        return new(SourceText.InCode, (context, _) => timeLeft(context));
    }

    /// <summary>As it is written in configuration; <c>code</c> for <see cref="TimeLeft"/>.</summary>
    /// <returns>For example <c>Header:grpc-timeout</c>.</returns>
    public override string ToString() => _text;

    internal TimeSpan? Of(HttpContext context, EndpointTraits endpoint) => _timeLeft?.Invoke(context, endpoint);

    /// <returns>Null if the text is none that configuration may have.</returns>
    internal static DeadlineFrom? Parse(string text) => SourceText.Split(text) switch
    {
        ("NONE", null) => None,
        ("REQUESTTIMEOUT", null) => RequestTimeout,
        ("HEADER", { } name) when RequestHeader.IsName(name) => Header(name),
        _ => null,
    };
}
