using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace QueueAdmission.Benchmarks;

/// <summary><c>UseQueuedAdmission</c> with a queue that is defined in the configuration.</summary>
/// <param name="limits">The numbers of workers, partitions and places.</param>
/// <param name="settings">
/// Additional settings of the queue in the form <c>OverloadControl=true</c>. By default, the wait is not limited, as
/// with the other peers.
/// </param>
public class QueueAdmissionPeer(Limits limits, params string[] settings) : Peer
{
    private const string Queue = "measured";

    public override void Configure(WebApplicationBuilder builder)
    {
        string[] usual = [$"Workers={limits.Workers}", $"Partitions={limits.Partitions}",
            $"PartitionCapacity={limits.PartitionCapacity}", "MaxWait=infinite"];
        builder.Configuration.AddInMemoryCollection(usual.Concat(settings)
            .Select(setting => setting.Split('=', 2))
            .GroupBy(pair => pair[0], pair => pair[1])
            .Select(values => KeyValuePair.Create<string, string?>(
                $"QueuedAdmission:Queues:{Queue}:{values.Key}", values.Last())));
    }

    public override void Protect(IEndpointConventionBuilder endpoint) => endpoint.WithQueue(Queue);

    public override void Use(IApplicationBuilder app) => app.UseQueuedAdmission();
}
