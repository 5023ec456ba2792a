using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace QueueAdmission;

/// <summary>All queues of the application, by name. Inject it to look at them; to inject one queue use <c>[FromKeyedServices("name")] JobQueue</c>.</summary>
public sealed class JobQueueRegistry : IReadOnlyCollection<JobQueue>
{
    internal JobQueueRegistry()
    {
    }

    /// <summary>How many queues there are.</summary>
    public int Count => throw new NotImplementedException();

    /// <summary>Finds a queue.</summary>
    /// <param name="name">The queue's name, compared without case.</param>
    /// <param name="queue">The queue, or null if there is none of that name.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out JobQueue? queue) => throw new NotImplementedException();

    /// <inheritdoc />
    public IEnumerator<JobQueue> GetEnumerator() => throw new NotImplementedException();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The queue of that name as the middleware uses it; null if there is none. Names are compared without case.</summary>
    internal AdmissionQueue? Find(string name) => throw new NotImplementedException();

    /// <summary>The queue for endpoints without metadata, or null. May change with a reload.</summary>
    internal AdmissionQueue? FallbackQueue => throw new NotImplementedException();

    internal Func<RejectionContext, ValueTask>? OnRejected => throw new NotImplementedException();

    /// <summary>An endpoint names this queue, so it must not vanish.</summary>
    internal void MarkInUse(string name) => throw new NotImplementedException();

    /// <summary>Raised after a reload changed the set of queues or the fallback queue.</summary>
    internal event Action? Changed;

    /// <summary>The one registry of a host: from the container if AddQueuedAdmission was called, otherwise one for the host, keyed weakly by its lifetime object.</summary>
    internal static JobQueueRegistry For(IServiceProvider services) => throw new NotImplementedException();

    private void RaiseChanged() => Changed?.Invoke();
}
