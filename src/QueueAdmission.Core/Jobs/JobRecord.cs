namespace QueueAdmission;

/// <summary>A job of which the queue keeps more than its place in line: what it brought along, and from its start the workers it holds.</summary>
/// <remarks>A job that brings nothing into a queue that heeds nothing has none. Guarded by the queue's lock.</remarks>
internal sealed class JobRecord
{
    public JobRecord(in JobTraits traits)
    {
        Key = traits.Key;
        Priority = traits.Priority;
        Weight = traits.Weight;
        Tag = traits.Tag;
    }

    public string? Key { get; }

    public JobPriority Priority { get; }

    /// <summary>The workers it asked for.</summary>
    public int Weight { get; }

    public object? Tag { get; }

    /// <summary>The workers it holds while it runs; 0 if the queue does not have to know when it gives them back.</summary>
    public int Workers;
}
