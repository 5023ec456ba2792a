using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.LoadTest.Server;

/// <summary><c>UseQueuedAdmission</c> with its dashboard, which needs no authorization.</summary>
/// <param name="limits">The numbers of workers, partitions and places of the measured queue.</param>
/// <param name="queues">The total number of queues, including the queue <c>default</c> and the measured one.</param>
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
