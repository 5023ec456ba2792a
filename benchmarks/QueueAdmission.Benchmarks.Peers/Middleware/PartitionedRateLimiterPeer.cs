using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Benchmarks;

/// <summary>
/// <c>UseRateLimiter</c> with a global PartitionedRateLimiter, which has a ConcurrencyLimiter for each path.
/// </summary>
public sealed class PartitionedRateLimiterPeer(Limits limits) : Peer
{
    public override void Configure(WebApplicationBuilder builder) =>
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = 503;
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                RateLimitPartition.GetConcurrencyLimiter(
                    context.Request.Path.Value ?? "", _ => new ConcurrencyLimiterOptions
                    {
                        PermitLimit = limits.Workers,
                        QueueLimit = limits.Places,
                    }));
        });

    public override void Use(IApplicationBuilder app) => app.UseRateLimiter();
}
