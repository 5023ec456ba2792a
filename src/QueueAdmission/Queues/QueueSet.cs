using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The queues of an application at one moment. A set is immutable: a reload creates a new set.</summary>
internal sealed class QueueSet(IReadOnlyList<RequestQueue> queues, string? fallbackQueue, FallbackExemptions exemptions)
{
    public static readonly QueueSet Empty = new([], null, FallbackExemptions.BuiltIn);

    private readonly FrozenDictionary<string, RequestQueue> _byName =
        queues.ToFrozenDictionary(queue => queue.Name, QueueName.Comparer);

    /// <summary>The queues: first <c>default</c>, then the queues of code, then the queues of configuration.</summary>
    public IReadOnlyList<RequestQueue> Queues => queues;

    public RequestQueue? Fallback => fallbackQueue is null ? null : Find(fallbackQueue);

    /// <summary>The endpoints that the fallback queue does not take.</summary>
    public FallbackExemptions Exemptions => exemptions;

    /// <summary>
    /// Returns whether the fallback queue takes an endpoint that names no queue and is not excluded from all queues.
    /// </summary>
    public bool TakesUnnamed(Endpoint endpoint) => Fallback is not null && !exemptions.Cover(endpoint);

    public RequestQueue? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Returns whether both sets have the same queues and the same fallback queue.</summary>
    public bool Equals(QueueSet other) => Fallback == other.Fallback && Queues.SequenceEqual(other.Queues);
}
