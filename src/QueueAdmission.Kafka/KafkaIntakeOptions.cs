namespace QueueAdmission.Kafka;

/// <summary>
/// The settings of Kafka in front of the store of deferred jobs, except for the addresses of the brokers.
/// </summary>
/// <remarks>
/// The settings can be bound to a section of the configuration:
/// <code>
/// d.UsePostgreSql(connection).UseKafka(brokers, k => configuration.GetSection("Kafka").Bind(k));
/// </code>
/// </remarks>
public sealed class KafkaIntakeOptions
{
    /// <summary>
    /// The topic of the jobs. Default: <c>queue-admission-jobs</c>. The topic must already exist, with sufficient
    /// replication and retention. It must not be shared by several applications.
    /// </summary>
    /// <remarks>
    /// The store records for each partition, under the name of the topic, the offset that it has reached. A topic that
    /// is deleted and created again therefore needs a new name.
    /// </remarks>
    public string Topic { get; set; } = "queue-admission-jobs";

    /// <summary>The consumer group that imports jobs into the store. Default: <c>queue-admission</c>.</summary>
    public string GroupId { get; set; } = "queue-admission";

    /// <summary>
    /// Whether this node is a member of the consumer group. Default: true. If false, the node only accepts jobs, and
    /// another node has to import them into the store.
    /// </summary>
    public bool Import { get; set; } = true;

    /// <summary>
    /// How long the brokers may take to confirm a job. After this time, the request is answered with 503. Default: 5 s.
    /// Range: 1 s to 60 s.
    /// </summary>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Additional settings of producer and consumer by their librdkafka names, for example <c>security.protocol</c>.
    /// Default: none.
    /// </summary>
    public IDictionary<string, string> Client { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Additional settings of the producer, for example <c>message.max.bytes</c>. They override <see cref="Client"/>.
    /// <c>acks</c> is always <c>all</c>. Default: none.
    /// </summary>
    /// <remarks>
    /// The producer is idempotent. Brokers before 0.11 need <c>enable.idempotence</c> set to <c>false</c>. In this case
    /// only one request is in flight at a time by default, which preserves the order.
    /// </remarks>
    public IDictionary<string, string> Producer { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Additional settings of the consumer, for example <c>session.timeout.ms</c>. They override <see cref="Client"/>.
    /// Default: none.
    /// </summary>
    public IDictionary<string, string> Consumer { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
