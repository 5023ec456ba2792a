using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The source of a request's priority.</summary>
/// <remarks>In configuration it is a text, for example <c>"PriorityFrom": "Header:X-Priority"</c>.</remarks>
public sealed class PriorityFrom
{
    internal const string Allowed = "Endpoint, Header:name";

    private static readonly JobPriority[] Priorities = Enum.GetValues<JobPriority>();

    private readonly string _text;
    private readonly Func<HttpContext, JobPriority?>? _priority;

    private PriorityFrom(string text, Func<HttpContext, JobPriority?>? priority) =>
        (_text, _priority) = (text, priority);

    /// <summary>The endpoint: <see cref="QueuedAttribute.Priority"/> or <c>WithQueue("q", JobPriority.High)</c>. The default.</summary>
    public static PriorityFrom Endpoint { get; } = new(nameof(Endpoint), null);

    /// <summary>
    /// A request header with one of the words <c>Low</c>, <c>Normal</c>, <c>High</c>, <c>Critical</c>, in any case. If it
    /// is missing, there several times, or has another value, the request has its endpoint's priority.
    /// </summary>
    /// <remarks>
    /// <b>Only for a header that your own gateway sets, and removes from what clients send.</b> Otherwise every request is
    /// critical, and priorities mean nothing.
    /// </remarks>
    /// <param name="name">The header's name.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PriorityFrom"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or not the name of a header.</exception>
    public static PriorityFrom Header(string name) =>
        new(SourceText.Header(name), context => Read(RequestHeader.Single(context, name)));

    /// <summary>A function of the application. Services are in <c>HttpContext.RequestServices</c>.</summary>
    /// <remarks>
    /// It is called for requests that find no free worker, and for all requests where
    /// <see cref="RequestQueueOptions.PartitionBy"/> has keys. What it throws goes up the pipeline, and the request takes no
    /// place. Configuration cannot name it, but can replace it.
    /// </remarks>
    /// <param name="priority">Returns the priority; null for that of the endpoint.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PriorityFrom"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="priority"/> is null.</exception>
    public static PriorityFrom Custom(Func<HttpContext, JobPriority?> priority)
    {
        ArgumentNullException.ThrowIfNull(priority);
        return new(SourceText.InCode, priority);
    }

    /// <summary>The text in configuration; <c>code</c> for <see cref="Custom"/>.</summary>
    /// <returns>For example <c>Header:X-Priority</c>.</returns>
    public override string ToString() => _text;

    internal JobPriority Of(HttpContext context, EndpointTraits endpoint) =>
        _priority?.Invoke(context) ?? endpoint.Priority;

    /// <returns>Null if the text is not allowed in configuration.</returns>
    internal static PriorityFrom? Parse(string text) => SourceText.Split(text) switch
    {
        ("ENDPOINT", null) => Endpoint,
        ("HEADER", { } name) when RequestHeader.IsName(name) => Header(name),
        _ => null,
    };

    private static JobPriority? Read(string? text)
    {
        if (text is null)
        {
            return null;
        }
        foreach (var priority in Priorities)
        {
            if (text.Equals(priority.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return priority;
            }
        }
        return null;
    }
}
