using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.RateLimiting;

namespace QueueAdmission.Benchmarks;

/// <summary>
/// <c>UseRateLimiter</c> with a named policy of a ConcurrencyLimiter. Refused requests are answered with 503.
/// </summary>
public sealed class RateLimiterPeer(Limits limits) : Peer
{
    private const string Policy = "measured";

    public override void Configure(WebApplicationBuilder builder) =>
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = 503;
            options.AddConcurrencyLimiter(Policy, limiter =>
            {
                limiter.PermitLimit = limits.Workers;
                limiter.QueueLimit = limits.Places;
                limiter.QueueProcessingOrder = QueueProcessingOrder.OldestFirst;
            });
        });

    public override void Protect(IEndpointConventionBuilder endpoint) => endpoint.RequireRateLimiting(Policy);

    public override void Use(IApplicationBuilder app) => app.UseRateLimiter();
}
