namespace QueueAdmission;

/// <summary>What every request of an endpoint brings along.</summary>
/// <param name="Priority">How important it is, unless the request itself says otherwise.</param>
/// <param name="Weight">How many workers it needs.</param>
/// <param name="RequestTimeout">How long it may take; null if that is not limited.</param>
internal sealed record EndpointTraits(JobPriority Priority, int Weight, TimeSpan? RequestTimeout)
{
    public static readonly EndpointTraits Usual = new(JobPriority.Normal, 1, null);

    /// <summary>Whether its jobs are like those of any other endpoint, as long as the settings do not heed timeouts.</summary>
    public bool AreUsual { get; } = Priority == JobPriority.Normal && Weight == 1;
}
