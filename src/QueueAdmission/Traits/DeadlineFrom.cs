using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// The source of a request's deadline, which limits how long the request may wait. In configuration, the value is a
/// text, for example <c>"DeadlineFrom": "RequestTimeout"</c>.
/// </summary>
/// <remarks>
/// The time until the deadline counts from the arrival of the request at the queue. The deadline limits the wait in
/// addition to <see cref="JobQueueOptions.MaxWait"/>. The queue estimates whether it can serve the request in time. If
/// it cannot, it refuses the request at once with <see cref="RejectionReason.DeadlineTooClose"/>.
/// </remarks>
public sealed class DeadlineFrom
{
    internal const string Pattern = "^(None|RequestTimeout|" + SourceText.HeaderPattern + ")$";

    internal const string Allowed = "None, RequestTimeout, Header:name";

    private readonly string _text;
    private readonly Func<HttpContext, EndpointTraits, TimeSpan?>? _timeLeft;

    private DeadlineFrom(string text, Func<HttpContext, EndpointTraits, TimeSpan?>? timeLeft) =>
        (_text, _timeLeft) = (text, timeLeft);

    /// <summary>No deadline. Only <see cref="JobQueueOptions.MaxWait"/> limits the wait. This is the default.</summary>
    public static DeadlineFrom None { get; } = new(nameof(None), null);

    /// <summary>
    /// The timeout that the request timeouts of ASP.NET Core find for the endpoint: from <c>WithRequestTimeout</c>, the
    /// attribute, a named policy, or the default policy.
    /// </summary>
    /// <remarks>
    /// A request has no deadline if the timeout of its endpoint is missing, infinite or disabled. If code disables the
    /// timeout only for a single request, the timeout still counts as the deadline.
    /// </remarks>
    public static DeadlineFrom RequestTimeout { get; } =
        new(nameof(RequestTimeout), static (_, endpoint) => endpoint.RequestTimeout);

    /// <summary>A request header in the form of <c>grpc-timeout</c>, for example <c>250m</c> for 250 ms.</summary>
    /// <remarks>
    /// <para>The value has up to eight digits and a unit. The units are <c>H</c> (hours), <c>M</c> (minutes), <c>S</c>
    /// (seconds), <c>m</c> (milliseconds), <c>u</c> (microseconds) and <c>n</c> (nanoseconds). Without a unit, the
    /// value is in milliseconds.</para>
    /// <para>A request has no deadline if the header is missing, occurs several times, has another form, is 0, or is
    /// longer than a day.</para>
    /// </remarks>
    /// <param name="name">The header's name.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.DeadlineFrom"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or not the name of a header.</exception>
    public static DeadlineFrom Header(string name) => new(
        SourceText.Header(name),
        (context, _) =>
            RequestHeader.Single(context, name) is { } text && TimeoutHeader.TryRead(text, out var timeout)
                ? timeout
                : null);

    /// <summary>
    /// A method of the application that returns the time left for a request. The method can get services from
    /// <c>HttpContext.RequestServices</c>.
    /// </summary>
    /// <remarks>
    /// <para>Usually the method is called only for requests that do not get a free worker at once. It is called for
    /// every request if the request needs several workers, or if <see cref="RequestQueueOptions.PartitionBy"/> has
    /// keys.</para>
    /// <para>If the method throws, the exception propagates through the pipeline, and the request takes no place in the
    /// queue. Configuration cannot name a method, but it can replace this value by another value.</para>
    /// </remarks>
    /// <param name="timeLeft">
    /// Returns how long the request may still take. Null or <see cref="Timeout.InfiniteTimeSpan"/> means no deadline.
    /// If the time is zero or negative, the request is refused.
    /// </param>
    /// <returns>A value for <see cref="RequestQueueOptions.DeadlineFrom"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="timeLeft"/> is null.</exception>
    public static DeadlineFrom Custom(Func<HttpContext, TimeSpan?> timeLeft)
    {
        ArgumentNullException.ThrowIfNull(timeLeft);
        return new(SourceText.InCode, (context, _) => timeLeft(context));
    }

    /// <summary>Returns the text of the value in configuration, or <c>code</c> for <see cref="Custom"/>.</summary>
    /// <returns>The text, for example <c>Header:grpc-timeout</c>.</returns>
    public override string ToString() => _text;

    internal TimeSpan? Of(HttpContext context, EndpointTraits endpoint) => _timeLeft?.Invoke(context, endpoint);

    /// <returns>The value, or null if the text is not allowed in configuration.</returns>
    internal static DeadlineFrom? Parse(string text) => SourceText.Split(text) switch
    {
        ("NONE", null) => None,
        ("REQUESTTIMEOUT", null) => RequestTimeout,
        ("HEADER", { } name) when RequestHeader.IsName(name) => Header(name),
        _ => null,
    };
}
