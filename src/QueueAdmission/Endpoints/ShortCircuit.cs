using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// Recognises endpoints with <c>ShortCircuit()</c>. Routing runs them itself, so no middleware sees their requests.
/// </summary>
internal static class ShortCircuit
{
    // The type is not public, and there is no public way to ask for it.
    private const string Metadata = "Microsoft.AspNetCore.Routing.ShortCircuit.ShortCircuitMetadata";

    public static bool Is(Endpoint endpoint) => endpoint.Metadata.Any(item => item.GetType().FullName == Metadata);
}
