using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Endpoints mapped with <c>ShortCircuit()</c>: routing runs them itself, so no middleware sees them.</summary>
internal static class ShortCircuit
{
    // The type is not public, and nothing public says it.
    private const string Metadata = "Microsoft.AspNetCore.Routing.ShortCircuit.ShortCircuitMetadata";

    public static bool Is(Endpoint endpoint) => endpoint.Metadata.Any(item => item.GetType().FullName == Metadata);
}
