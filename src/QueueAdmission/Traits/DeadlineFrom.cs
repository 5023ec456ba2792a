using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The time within which a request has to start, in addition to <see cref="JobQueueOptions.MaxWait"/>.</summary>
/// <remarks>
/// <para>In configuration it is a text, for example <c>"DeadlineFrom": "RequestTimeout"</c>.</para>
/// <para>The time counts from the request's arrival at the queue. If the queue estimates that the request cannot start in
/// time, it is rejected at once with <see cref="RejectionReason.DeadlineTooClose"/>.</para>
/// </remarks>
public sealed class DeadlineFrom
{
    internal const string Allowed = "None, RequestTimeout, Header:name";

    private readonly string _text;
    private readonly Func<HttpContext, EndpointTraits, TimeSpan?>? _timeLeft;

    private DeadlineFrom(string text, Func<HttpContext, EndpointTraits, TimeSpan?>? timeLeft) =>
        (_text, _timeLeft) = (text, timeLeft);

    /// <summary>No deadline: only <see cref="JobQueueOptions.MaxWait"/> bounds the waiting. The default.</summary>
    public static DeadlineFrom None { get; } = new(nameof(None), null);

    /// <summary>
    /// The endpoint's request timeout, as ASP.NET Core finds it: <c>WithRequestTimeout</c>, the attribute, a named policy,
    /// or the default policy.
    /// </summary>
    /// <remarks>
    /// An endpoint without a timeout, or with an infinite or disabled one, has no deadline. A timeout that code disables
    /// for a single request still counts.
    /// </remarks>
    public static DeadlineFrom RequestTimeout { get; } =
        new(nameof(RequestTimeout), static (_, endpoint) => endpoint.RequestTimeout);

    /// <summary>A request header of the form of <c>grpc-timeout</c>.</summary>
    /// <remarks>
    /// The form is up to eight digits and a unit: <c>H</c>, <c>M</c>, <c>S</c>, <c>m</c> (milliseconds), <c>u</c> or
    /// <c>n</c>. Without a unit the number is in milliseconds. A request has no deadline if the header is missing, there
    /// several times, in another form, 0, or above a day.
    /// </remarks>
    /// <param name="name">The header's name.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.DeadlineFrom"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or not the name of a header.</exception>
    public static DeadlineFrom Header(string name) => new(SourceText.Header(name), (context, _) =>
        RequestHeader.Single(context, name) is { } text && TimeoutHeader.TryRead(text, out var timeout) ? timeout : null);

    /// <summary>A function of the application. Services are in <c>HttpContext.RequestServices</c>.</summary>
    /// <remarks>
    /// It is called only for requests that find no free worker. What it throws goes up the pipeline, and the request takes
    /// no place. Configuration cannot name it, but can replace it.
    /// </remarks>
    /// <param name="timeLeft">
    /// Returns the time that is left. Null or <see cref="Timeout.InfiniteTimeSpan"/> is no deadline. With zero or less the
    /// request is rejected.
    /// </param>
    /// <returns>A value for <see cref="RequestQueueOptions.DeadlineFrom"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="timeLeft"/> is null.</exception>
    public static DeadlineFrom Custom(Func<HttpContext, TimeSpan?> timeLeft)
    {
        ArgumentNullException.ThrowIfNull(timeLeft);
        return new(SourceText.InCode, (context, _) => timeLeft(context));
    }

    /// <summary>The text in configuration; <c>code</c> for <see cref="Custom"/>.</summary>
    /// <returns>For example <c>Header:grpc-timeout</c>.</returns>
    public override string ToString() => _text;

    internal TimeSpan? Of(HttpContext context, EndpointTraits endpoint) => _timeLeft?.Invoke(context, endpoint);

    /// <returns>Null if the text is not allowed in configuration.</returns>
    internal static DeadlineFrom? Parse(string text) => SourceText.Split(text) switch
    {
        ("NONE", null) => None,
        ("REQUESTTIMEOUT", null) => RequestTimeout,
        ("HEADER", { } name) when RequestHeader.IsName(name) => Header(name),
        _ => null,
    };
}
