namespace QueueAdmission;

/// <summary>The properties that all requests of an endpoint share.</summary>
/// <param name="Priority">The priority of a request, unless the request itself has another.</param>
/// <param name="Weight">How many workers a request needs.</param>
/// <param name="RequestTimeout">How long a request may take; null if that is not limited.</param>
internal sealed record EndpointTraits(JobPriority Priority, int Weight, TimeSpan? RequestTimeout)
{
    public static readonly EndpointTraits Usual = new(JobPriority.Normal, 1, null);

    /// <summary>Whether priority and weight have their defaults. The timeout matters only to some settings.</summary>
    public bool AreUsual { get; } = Priority == JobPriority.Normal && Weight == 1;
}
