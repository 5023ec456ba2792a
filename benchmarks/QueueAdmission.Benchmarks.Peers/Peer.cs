using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Benchmarks;

/// <summary>A way to limit the concurrency of an endpoint, used as its documentation recommends.</summary>
public abstract class Peer
{
    /// <summary>Registers the services of the peer.</summary>
    public virtual void Configure(WebApplicationBuilder builder)
    {
    }

    /// <summary>Puts the endpoint under the limit.</summary>
    public virtual void Protect(IEndpointConventionBuilder endpoint) => endpoint.WithMetadata(ProtectedMark.Instance);

    /// <summary>
    /// Returns whether the request's endpoint is under the limit. Used by peers that have no endpoint metadata.
    /// </summary>
    protected static bool IsProtected(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ProtectedMark>() is not null;

    /// <summary>Adds the middleware of the peer.</summary>
    public virtual void Use(IApplicationBuilder app)
    {
    }

    private sealed class ProtectedMark
    {
        public static readonly ProtectedMark Instance = new();
    }
}

/// <summary>The limits of running and waiting requests. They are the same for all peers of a comparison.</summary>
/// <param name="Workers">The number of requests that may run at once.</param>
/// <param name="Partitions">The number of lines, if the peer has several lines.</param>
/// <param name="PartitionCapacity">The number of requests that may wait in one line.</param>
public sealed record Limits(int Workers, int Partitions, int PartitionCapacity)
{
    public int Places => Partitions * PartitionCapacity;
}
