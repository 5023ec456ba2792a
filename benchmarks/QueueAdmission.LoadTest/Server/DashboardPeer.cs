using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.LoadTest.Server;

/// <summary><c>UseQueuedAdmission</c>, and its dashboard, open to every request.</summary>
/// <param name="limits">How much may run and wait.</param>
/// <param name="queues">The number of all queues. The queue <c>default</c> and the measured one are among them.</param>
internal sealed class DashboardPeer(Limits limits, int queues = 2) : QueueAdmissionPeer(limits)
{
    public const string Path = "/queues";

    public override void Configure(WebApplicationBuilder builder)
    {
        base.Configure(builder);
        builder.Configuration.AddInMemoryCollection(Enumerable.Range(0, queues - 2)
            .Select(
                number => KeyValuePair.Create<string, string?>($"QueuedAdmission:Queues:other-{number}:Workers", "4")));
    }

    public override void Use(IApplicationBuilder app)
    {
        base.Use(app);
        ((IEndpointRouteBuilder)app).MapQueueDashboard(Path).AllowAnonymous();
    }
}
