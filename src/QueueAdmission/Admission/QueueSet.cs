using System.Collections.Frozen;

namespace QueueAdmission;

/// <summary>The queues there are at one moment. Never changed, only replaced.</summary>
internal sealed class QueueSet(IReadOnlyList<AdmissionQueue> queues, string? fallbackQueue)
{
    public static readonly QueueSet Empty = new([], null);

    private readonly FrozenDictionary<string, AdmissionQueue> _byName = queues.ToFrozenDictionary(queue => queue.Name, QueueName.Comparer);

    /// <summary>First <c>default</c>, then those of the code, then the others.</summary>
    public IReadOnlyList<AdmissionQueue> Queues => queues;

    public AdmissionQueue? Fallback => fallbackQueue is null ? null : Find(fallbackQueue);

    public AdmissionQueue? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Whether the same queues are in both, and the same one is the fallback.</summary>
    public bool Equals(QueueSet other) => Fallback == other.Fallback && Queues.SequenceEqual(other.Queues);
}
