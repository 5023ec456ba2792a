using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission.Benchmarks;

/// <summary>
/// The least that a middleware with the guarantees of QueueAdmission must do: it reads the endpoint, takes a worker,
/// sets a feature and releases the worker.
/// </summary>
public sealed class FloorPeer(Limits limits) : Peer
{
    private readonly Note _note = new();
    private long _free = limits.Workers;

    public override void Use(IApplicationBuilder app) => app.Use(next => context =>
    {
        if (context.Features[typeof(IEndpointFeature)] is not IEndpointFeature { Endpoint: not null })
            return next(context);
        Interlocked.Decrement(ref _free);
        context.Features[typeof(Note)] = _note;
        var handling = next(context);
        Interlocked.Increment(ref _free);
        return handling;
    });

    private sealed class Note;
}
