using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Confluent.Kafka;

namespace QueueAdmission.Kafka;

/// <summary>
/// The instruments of the import from Kafka into the store, in the meter <c>QueueAdmission.Kafka</c>.
/// </summary>
internal sealed class KafkaMetrics
{
    public const string MeterName = "QueueAdmission.Kafka";

    private readonly ConcurrentDictionary<TopicPartition, long> _lags = new();
    private readonly Counter<long> _imported;
    private readonly Counter<long> _unreadable;

    public KafkaMetrics(IMeterFactory? meters)
    {
        var meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        _imported = meter.CreateCounter<long>(
            "queue_admission.kafka.imported", "{record}", "Records that this node has imported into the store.");
        _unreadable = meter.CreateCounter<long>(
            "queue_admission.kafka.unreadable",
            "{record}",
            "Records that were skipped, because they are not readable jobs.");
        meter.CreateObservableGauge(
            "queue_admission.kafka.lag", () => _lags.Select(lag => new Measurement<long>(lag.Value, TagsOf(lag.Key))),
            "{record}",
            "Records of the partitions of this node that have not been imported into the store yet.");
    }

    public void CountImported(TopicPartition partition, int count) => _imported.Add(count, TagsOf(partition));

    public void CountUnreadable(TopicPartition partition) => _unreadable.Add(1, TagsOf(partition));

    public void SetLag(TopicPartition partition, long lag) => _lags[partition] = Math.Max(0, lag);

    public void Forget(TopicPartition partition) => _lags.TryRemove(partition, out _);

    private static KeyValuePair<string, object?>[] TagsOf(TopicPartition partition) =>
    [
        new("messaging.destination.name", partition.Topic),
        new("messaging.destination.partition.id", partition.Partition.Value.ToString(CultureInfo.InvariantCulture)),
    ];
}
