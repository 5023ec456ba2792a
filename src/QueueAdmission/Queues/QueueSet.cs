using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The queues of an application at one moment. A set is never changed, only replaced.</summary>
internal sealed class QueueSet(IReadOnlyList<RequestQueue> queues, string? fallbackQueue, FallbackExemptions exemptions)
{
    public static readonly QueueSet Empty = new([], null, FallbackExemptions.BuiltIn);

    private readonly FrozenDictionary<string, RequestQueue> _byName =
        queues.ToFrozenDictionary(queue => queue.Name, QueueName.Comparer);

    /// <summary>First <c>default</c>, then those of the code, then the others.</summary>
    public IReadOnlyList<RequestQueue> Queues => queues;

    public RequestQueue? Fallback => fallbackQueue is null ? null : Find(fallbackQueue);

    /// <summary>The endpoints that the fallback queue leaves alone.</summary>
    public FallbackExemptions Exemptions => exemptions;

    /// <summary>
    /// Whether the fallback queue takes this endpoint. The endpoint names no queue, and is not excluded from queues.
    /// </summary>
    public bool TakesUnnamed(Endpoint endpoint) => Fallback is not null && !exemptions.Cover(endpoint);

    public RequestQueue? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Whether both sets have the same queues and the same fallback queue.</summary>
    public bool Equals(QueueSet other) => Fallback == other.Fallback && Queues.SequenceEqual(other.Queues);
}
