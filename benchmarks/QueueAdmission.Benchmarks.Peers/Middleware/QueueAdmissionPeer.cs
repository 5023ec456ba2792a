using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace QueueAdmission.Benchmarks;

/// <summary><c>UseQueuedAdmission</c> with its queue in the configuration and nothing else.</summary>
public class QueueAdmissionPeer(Limits limits, string maxWait = "infinite", bool overloadControl = false) : Peer
{
    private const string Queue = "measured";

    public override void Configure(WebApplicationBuilder builder) =>
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"QueuedAdmission:Queues:{Queue}:Workers"] = $"{limits.Workers}",
            [$"QueuedAdmission:Queues:{Queue}:Partitions"] = $"{limits.Partitions}",
            [$"QueuedAdmission:Queues:{Queue}:PartitionCapacity"] = $"{limits.PartitionCapacity}",
            [$"QueuedAdmission:Queues:{Queue}:MaxWait"] = maxWait,
            [$"QueuedAdmission:Queues:{Queue}:OverloadControl"] = $"{overloadControl}",
        });

    public override void Protect(IEndpointConventionBuilder endpoint) => endpoint.WithQueue(Queue);

    public override void Use(IApplicationBuilder app) => app.UseQueuedAdmission();
}
