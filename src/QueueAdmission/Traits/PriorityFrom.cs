using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// The source of a request's priority. In configuration, the value is a text, for example
/// <c>"PriorityFrom": "Header:X-Priority"</c>.
/// </summary>
public sealed class PriorityFrom
{
    internal const string Pattern = "^(Endpoint|" + SourceText.HeaderPattern + ")$";

    internal const string Allowed = "Endpoint, Header:name";

    private static readonly JobPriority[] Priorities = Enum.GetValues<JobPriority>();

    private readonly string _text;
    private readonly Func<HttpContext, JobPriority?>? _priority;

    private PriorityFrom(string text, Func<HttpContext, JobPriority?>? priority) =>
        (_text, _priority) = (text, priority);

    /// <summary>
    /// The endpoint of the request, with <see cref="QueuedAttribute.Priority"/> or
    /// <c>WithQueue("q", JobPriority.High)</c>. This is the default.
    /// </summary>
    public static PriorityFrom Endpoint { get; } = new(nameof(Endpoint), null);

    /// <summary>
    /// A request header with one of the words <c>Low</c>, <c>Normal</c>, <c>High</c>, <c>Critical</c>, in any case. If
    /// the header is missing, occurs several times or has another value, the priority of the endpoint applies.
    /// </summary>
    /// <remarks>
    /// <b>Use only a header that your own gateway sets and removes from the requests of clients.</b> Otherwise every
    /// client can make its own requests critical.
    /// </remarks>
    /// <param name="name">The header's name.</param>
    /// <returns>A value for <see cref="RequestQueueOptions.PriorityFrom"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or not the name of a header.</exception>
    public static PriorityFrom Header(string name) =>
        new(SourceText.Header(name), context => Read(RequestHeader.Single(context, name)));

    /// <summary>
    /// A method of the application that returns the priority of a request. The method can get services from
    /// <c>HttpContext.RequestServices</c>.
    /// </summary>
    /// <remarks>
    /// <para>Usually the method is called only for requests that do not get a free worker at once. It is called for
    /// every request if the request needs several workers, or if <see cref="RequestQueueOptions.PartitionBy"/> has
    /// keys.</para>
    /// <para>If the method throws, the exception propagates through the pipeline, and the request takes no place in the
    /// queue. Configuration cannot name a method, but it can replace this value by another value.</para>
    /// </remarks>
    /// <param name="priority">
    /// Returns the priority of the request. Null means that the priority of the endpoint applies.
    /// </param>
    /// <returns>A value for <see cref="RequestQueueOptions.PriorityFrom"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="priority"/> is null.</exception>
    public static PriorityFrom Custom(Func<HttpContext, JobPriority?> priority)
    {
        ArgumentNullException.ThrowIfNull(priority);
        return new(SourceText.InCode, priority);
    }

    /// <summary>Returns the text of the value in configuration, or <c>code</c> for <see cref="Custom"/>.</summary>
    /// <returns>The text, for example <c>Header:X-Priority</c>.</returns>
    public override string ToString() => _text;

    internal JobPriority Of(HttpContext context, EndpointTraits endpoint) =>
        _priority?.Invoke(context) ?? endpoint.Priority;

    /// <returns>The value, or null if the text is not allowed in configuration.</returns>
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
