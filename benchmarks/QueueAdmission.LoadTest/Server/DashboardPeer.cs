using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.LoadTest.Server;

/// <summary><c>UseQueuedAdmission</c>, and its dashboard, open to every request.</summary>
internal sealed class DashboardPeer(Limits limits) : QueueAdmissionPeer(limits)
{
    public const string Path = "/queues";

    public override void Use(IApplicationBuilder app)
    {
        base.Use(app);
        ((IEndpointRouteBuilder)app).MapQueueDashboard(Path).AllowAnonymous();
    }
}
