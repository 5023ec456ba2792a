using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// Recognises endpoints with <c>ShortCircuit()</c>. Routing runs them itself, so no later middleware sees their
/// requests.
/// </summary>
internal static class ShortCircuit
{
    // The type is not public, and no public API recognises such endpoints.
    private const string Metadata = "Microsoft.AspNetCore.Routing.ShortCircuit.ShortCircuitMetadata";

    public static bool Is(Endpoint endpoint) => endpoint.Metadata.Any(item => item.GetType().FullName == Metadata);
}
