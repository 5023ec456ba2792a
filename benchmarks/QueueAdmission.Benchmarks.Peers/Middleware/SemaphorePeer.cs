using Microsoft.AspNetCore.Builder;

namespace QueueAdmission.Benchmarks;

/// <summary>A typical hand-written limit: a semaphore, and a counter of the waiting requests.</summary>
public sealed class SemaphorePeer(Limits limits) : Peer
{
    private readonly SemaphoreSlim _workers = new(limits.Workers);
    private int _waiting;

    public override void Use(IApplicationBuilder app) => app.Use(next => async context =>
    {
        if (!_workers.Wait(0))
        {
            if (Interlocked.Increment(ref _waiting) > limits.Places)
            {
                Interlocked.Decrement(ref _waiting);
                context.Response.StatusCode = 503;
                return;
            }
            try
            {
                await _workers.WaitAsync(context.RequestAborted);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }
        try
        {
            await next(context);
        }
        finally
        {
            _workers.Release();
        }
    });
}
