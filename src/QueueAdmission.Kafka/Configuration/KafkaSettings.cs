using System.Globalization;
using Confluent.Kafka;

namespace QueueAdmission.Kafka;

/// <summary>The settings as the clients take them.</summary>
internal sealed class KafkaSettings
{
    /// <summary>What the intake relies on. Another value would lose jobs, or their order.</summary>
    private static readonly string[] Reserved =
    [
        "bootstrap.servers", "acks", "request.required.acks", "message.timeout.ms", "delivery.timeout.ms", "group.id",
        "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "transactional.id",
    ];

    private readonly KafkaIntakeOptions _options;

    /// <exception cref="ArgumentException">A setting cannot work.</exception>
    public KafkaSettings(string bootstrapServers, KafkaIntakeOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(bootstrapServers);
        Require(
            !string.IsNullOrWhiteSpace(options.Topic) && options.Topic.Length <= 249, "Topic has 1 to 249 characters.");
        Require(!string.IsNullOrWhiteSpace(options.GroupId), "GroupId is empty.");
        Require(
            options.DeliveryTimeout >= TimeSpan.FromSeconds(1) && options.DeliveryTimeout <= TimeSpan.FromMinutes(1),
            "DeliveryTimeout is 1 s to 60 s.");
        foreach (var (name, _) in options.Client.Concat(options.Producer).Concat(options.Consumer))
        {
            Require(!Reserved.Contains(name), $"The client setting {name} is set by UseKafka.");
        }
        BootstrapServers = bootstrapServers;
        _options = options;
    }

    public string BootstrapServers { get; }

    public string Topic => _options.Topic;

    public bool Import => _options.Import;

    public TimeSpan DeliveryTimeout => _options.DeliveryTimeout;

    /// <summary>A part of the log with an order of its own, as the store knows it.</summary>
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
            // The least that brokers allow by default. After this time, other nodes read the partitions of a node that
            // was killed.
            SessionTimeoutMs = 6_000,
            HeartbeatIntervalMs = 1_000,
        };
        AddTo(config, _options.Consumer);
        config.BootstrapServers = BootstrapServers;
        config.GroupId = _options.GroupId;
        // The store knows the positions. What the group commits is for tools that show its lag.
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
