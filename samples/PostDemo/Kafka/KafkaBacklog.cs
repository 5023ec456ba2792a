using System.Globalization;
using Confluent.Kafka;
using QueueAdmission;

namespace PostDemo;

/// <summary>Counts the posts that are in Kafka, but not in the store of the jobs.</summary>
internal sealed class KafkaBacklog : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly IConsumer<Ignore, Ignore> _looker;
    private readonly IAdminClient _admin;
    private readonly IJobStore _store;
    private readonly string _topic;
    private IReadOnlyList<TopicPartition> _partitions = [];

    public KafkaBacklog(string servers, string topic, IDictionary<string, string> client, IJobStore store)
    {
        (_store, _topic) = (store, topic);
        var config = new ConsumerConfig { BootstrapServers = servers, GroupId = "postdemo-looks" };
        foreach (var (name, value) in client)
            config.Set(name, value);
        _looker = new ConsumerBuilder<Ignore, Ignore>(config).SetLogHandler((_, _) => { }).Build();
        _admin = new DependentAdminClientBuilder(_looker.Handle).Build();
    }

    /// <returns>Null if the broker does not answer.</returns>
    public long? Count()
    {
        try
        {
            if (_partitions.Count == 0)
            {
                _partitions = [.. _admin.GetMetadata(_topic, Patience).Topics.SelectMany(topic => topic.Partitions)
                    .Select(partition => new TopicPartition(_topic, partition.PartitionId))];
            }
            return _partitions.Sum(CountOf);
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _admin.Dispose();
        _looker.Dispose();
    }

    private long CountOf(TopicPartition partition)
    {
        // The position of the store is read first. A post that is imported between the two readings still counts as
        // being in Kafka.
        var read = _store.ReadPosition(
            string.Create(CultureInfo.InvariantCulture, $"kafka/{_topic}/{partition.Partition.Value}"));
        var range = _looker.QueryWatermarkOffsets(partition, Patience);
        return Math.Max(0, range.High.Value - Math.Max(read + 1, range.Low.Value));
    }
}
