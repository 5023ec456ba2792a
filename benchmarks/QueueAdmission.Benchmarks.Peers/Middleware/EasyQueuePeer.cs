using Microsoft.AspNetCore.Builder;

namespace QueueAdmission.Benchmarks;

/// <summary>
/// The algorithm of easyqueue as a middleware, used as in its demo. Unlike the demo, it answers an overflow with 503.
/// </summary>
public sealed class EasyQueuePeer(Limits limits) : Peer
{
    public override void Use(IApplicationBuilder app)
    {
        var queue = new EasyQueueAlgorithm(limits.Partitions, limits.PartitionCapacity, limits.Workers);
        app.Use(next => context =>
        {
            if (!IsProtected(context))
                return next(context);
            if (queue.Push(() => next(context)) is { } done)
                return done;
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
    }
}
