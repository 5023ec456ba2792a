using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred;

/// <summary>One attempt to run a stored request.</summary>
internal sealed class ReplayRun
{
    public required StoredRequest Request { get; init; }

    public required Endpoint Endpoint { get; init; }

    /// <summary>The name of the queue.</summary>
    public required string Queue { get; init; }

    public required int Attempt { get; init; }

    /// <summary>The worker on which the attempt runs.</summary>
    public required IQueueFeature Worker { get; init; }

    public required int MaxResponseSize { get; init; }

    /// <summary>Cancelled when the application can no longer wait for the attempt.</summary>
    public required CancellationToken Stopping { get; init; }

    public required TimeProvider Time { get; init; }
}
