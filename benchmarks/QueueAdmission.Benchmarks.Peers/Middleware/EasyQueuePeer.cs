using Microsoft.AspNetCore.Builder;

namespace QueueAdmission.Benchmarks;

/// <summary>
/// easyqueue's algorithm in front of the rest of the pipeline, used as its demo does, but with a 503 for an overflow.
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
