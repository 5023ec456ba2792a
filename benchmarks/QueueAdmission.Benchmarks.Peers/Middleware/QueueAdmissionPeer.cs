using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace QueueAdmission.Benchmarks;

/// <summary><c>UseQueuedAdmission</c> with its queue in the configuration and nothing else.</summary>
/// <param name="limits">How much may run and wait.</param>
/// <param name="settings">
/// Further settings of the queue, as <c>OverloadControl=true</c>. Without them no wait is limited, as with the peers.
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
