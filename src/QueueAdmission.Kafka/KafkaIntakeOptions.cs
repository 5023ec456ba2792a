namespace QueueAdmission.Kafka;

/// <summary>Settings of Kafka in front of the store of deferred jobs, except the addresses of brokers.</summary>
/// <remarks>
/// They can be bound to a section of the configuration:
/// <code>
/// d.UsePostgreSql(connection).UseKafka(brokers, k => configuration.GetSection("Kafka").Bind(k));
/// </code>
/// </remarks>
public sealed class KafkaIntakeOptions
{
    /// <summary>
    /// The topic of the jobs. Default: <c>queue-admission-jobs</c>. It has to exist, with the replication and the
    /// retention that the jobs need. One application uses it.
    /// </summary>
    /// <remarks>
    /// The store remembers up to where it has read each partition, by the name of the topic. So a topic that is deleted
    /// and made again needs another name.
    /// </remarks>
    public string Topic { get; set; } = "queue-admission-jobs";

    /// <summary>The consumer group that brings jobs into the store. Default: <c>queue-admission</c>.</summary>
    public string GroupId { get; set; } = "queue-admission";

    /// <summary>
    /// Whether this node is in the consumer group. Default: true. With false it only accepts, and another node has to
    /// bring the jobs into the store.
    /// </summary>
    public bool Import { get; set; } = true;

    /// <summary>
    /// How long the brokers may take to confirm a job. After this time its request gets a 503. Default: 5 s. Range: 1 s
    /// to 60 s.
    /// </summary>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Further settings of the client, by their names in librdkafka. For example <c>security.protocol</c>. Default:
    /// none.
    /// </summary>
    public IDictionary<string, string> Client { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Further settings of the producer, for example <c>message.max.bytes</c>. They hold before
    /// <see cref="Client"/>. <c>acks</c> is always <c>all</c>. Default: none.
    /// </summary>
    /// <remarks>
    /// The producer is idempotent. With <c>enable.idempotence</c> set to <c>false</c>, for brokers before 0.11, one
    /// request is in flight at a time, which keeps the order.
    /// </remarks>
    public IDictionary<string, string> Producer { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Further settings of the consumer, for example <c>session.timeout.ms</c>. They hold before <see cref="Client"/>.
    /// Default: none.
    /// </summary>
    public IDictionary<string, string> Consumer { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
