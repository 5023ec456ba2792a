using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Benchmarks;

/// <summary>One way to limit what an endpoint does at once, as its documentation says to use it.</summary>
public abstract class Peer
{
    /// <summary>Registers what it needs.</summary>
    public virtual void Configure(WebApplicationBuilder builder)
    {
    }

    /// <summary>Puts the endpoint under its limit.</summary>
    public virtual void Protect(IEndpointConventionBuilder endpoint) => endpoint.WithMetadata(ProtectedMark.Instance);

    /// <summary>
    /// Whether the request's endpoint is under the limit: for peers that know no endpoints of their own.
    /// </summary>
    protected static bool IsProtected(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ProtectedMark>() is not null;

    /// <summary>Adds its middleware.</summary>
    public virtual void Use(IApplicationBuilder app)
    {
    }

    private sealed class ProtectedMark
    {
        public static readonly ProtectedMark Instance = new();
    }
}

/// <summary>The limits of running and waiting requests, the same for all peers of one comparison.</summary>
/// <param name="Workers">How many requests may run at once.</param>
/// <param name="Partitions">How many lines there are, where a peer knows lines.</param>
/// <param name="PartitionCapacity">How many may wait in one line.</param>
public sealed record Limits(int Workers, int Partitions, int PartitionCapacity)
{
    public int Places => Partitions * PartitionCapacity;
}
