using System.Globalization;
using Confluent.Kafka;

namespace QueueAdmission.Kafka;

/// <summary>The checked settings, and the client configurations that result from them.</summary>
internal sealed class KafkaSettings
{
    /// <summary>
    /// The client settings that <c>UseKafka</c> sets and the application must not override. With other values, jobs
    /// could be lost or change their order.
    /// </summary>
    private static readonly string[] Reserved =
    [
        "bootstrap.servers", "acks", "request.required.acks", "message.timeout.ms", "delivery.timeout.ms", "group.id",
        "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "transactional.id",
    ];

    private readonly KafkaIntakeOptions _options;

    /// <exception cref="ArgumentException">A setting is invalid.</exception>
    public KafkaSettings(string bootstrapServers, KafkaIntakeOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(bootstrapServers);
        Require(
            !string.IsNullOrWhiteSpace(options.Topic) && options.Topic.Length <= 249,
            "Topic must have 1 to 249 characters.");
        Require(!string.IsNullOrWhiteSpace(options.GroupId), "GroupId must not be empty.");
        Require(
            options.DeliveryTimeout >= TimeSpan.FromSeconds(1) && options.DeliveryTimeout <= TimeSpan.FromMinutes(1),
            "DeliveryTimeout must be 1 s to 60 s.");
        foreach (var (name, _) in options.Client.Concat(options.Producer).Concat(options.Consumer))
        {
            Require(!Reserved.Contains(name), $"The client setting {name} cannot be set, because UseKafka sets it.");
        }
        BootstrapServers = bootstrapServers;
        _options = options;
    }

    public string BootstrapServers { get; }

    public string Topic => _options.Topic;

    public bool Import => _options.Import;

    public TimeSpan DeliveryTimeout => _options.DeliveryTimeout;

    /// <summary>Returns the name of a partition in the store. Jobs from the same partition are ordered.</summary>
    public string SourceOf(Partition partition) =>
        string.Create(CultureInfo.InvariantCulture, $"kafka/{Topic}/{partition.Value}");

    public ProducerConfig ForProducer()
    {
        var config = new ProducerConfig { EnableIdempotence = true, LingerMs = 1 };
        AddTo(config, _options.Producer);
        config.BootstrapServers = BootstrapServers;
        config.Acks = Acks.All;
        config.MessageTimeoutMs = (int)DeliveryTimeout.TotalMilliseconds;
        if (config.EnableIdempotence == false)
        {
            config.MaxInFlight ??= 1;
        }
        return config;
    }

    public ConsumerConfig ForConsumer()
    {
        var config = new ConsumerConfig
        {
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            // The smallest value that brokers allow by default. If a node is killed, other nodes take over its
            // partitions after this time.
            SessionTimeoutMs = 6_000,
            HeartbeatIntervalMs = 1_000,
        };
        AddTo(config, _options.Consumer);
        config.BootstrapServers = BootstrapServers;
        config.GroupId = _options.GroupId;
        // The store keeps the authoritative offsets. The offsets that the group commits only serve tools that show its
        // lag.
        config.EnableAutoCommit = true;
        config.EnableAutoOffsetStore = false;
        config.AutoOffsetReset = AutoOffsetReset.Error;
        return config;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException($"UseKafka: {message}");
        }
    }

    private void AddTo(ClientConfig config, IDictionary<string, string> further)
    {
        foreach (var (name, value) in _options.Client.Concat(further))
        {
            config.Set(name, value);
        }
    }
}
