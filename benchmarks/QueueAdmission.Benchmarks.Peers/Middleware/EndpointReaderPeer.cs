using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission.Benchmarks;

/// <summary>The least that a middleware for selected endpoints must do: it reads the endpoint.</summary>
public sealed class EndpointReaderPeer : Peer
{
    public override void Use(IApplicationBuilder app) => app.Use(next => context =>
        context.Features[typeof(IEndpointFeature)] is not IEndpointFeature { Endpoint: not null }
            ? Task.CompletedTask : next(context));
}
