namespace QueueAdmission;

/// <summary>The properties that all requests of an endpoint share.</summary>
/// <param name="Priority">
/// The priority of a request, unless <see cref="RequestQueueOptions.PriorityFrom"/> finds another one in the request.
/// </param>
/// <param name="Weight">How many workers a request needs.</param>
/// <param name="RequestTimeout">How long a request may take; null if there is no limit.</param>
internal sealed record EndpointTraits(JobPriority Priority, int Weight, TimeSpan? RequestTimeout)
{
    public static readonly EndpointTraits Usual = new(JobPriority.Normal, 1, null);

    /// <summary>
    /// Whether the priority and the weight are the defaults. The timeout is not considered, because it matters only
    /// with <see cref="DeadlineFrom.RequestTimeout"/>.
    /// </summary>
    public bool AreUsual { get; } = Priority == JobPriority.Normal && Weight == 1;
}
