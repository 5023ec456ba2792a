using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace QueueAdmission.Kafka.Doubles;

/// <summary>
/// The mock cluster of librdkafka: brokers in this process that use real sockets and the protocol of current brokers. A
/// test can make a broker unreachable.
/// </summary>
internal sealed class MockKafka : IDisposable
{
    private const int ProducerType = 0;

    private readonly nint _client;
    private readonly nint _cluster;

    /// <summary>
    /// Lets the native calls of this class go to the library that is already loaded. The managed client chooses one of
    /// several builds of librdkafka, depending on the system.
    /// </summary>
    static MockKafka()
    {
        _ = Library.Version;
        using var process = Process.GetCurrentProcess();
        var loaded = process.Modules.Cast<ProcessModule>()
            .First(module => module.ModuleName.Contains("librdkafka", StringComparison.Ordinal)).FileName;
        NativeLibrary.SetDllImportResolver(
            typeof(MockKafka).Assembly, (name, _, _) => name == "librdkafka" ? NativeLibrary.Load(loaded) : 0);
    }

    public MockKafka(int partitions = 2)
    {
        var error = new byte[512];
        var settings = Native.rd_kafka_conf_new();
        // The client only owns the mock cluster. It does not connect to any broker.
        Native.rd_kafka_conf_set(settings, "log_level", "0", error, error.Length);
        _client = Native.rd_kafka_new(ProducerType, settings, error, error.Length);
        _cluster = Native.rd_kafka_mock_cluster_new(_client, 1);
        Native.rd_kafka_mock_group_initial_rebalance_delay_ms(_cluster, 0);
        Servers = Marshal.PtrToStringUTF8(Native.rd_kafka_mock_cluster_bootstraps(_cluster))!;
        MakeTopic(Topic, partitions);
    }

    /// <summary>
    /// Shortens the intervals after which clients notice changes. The mock cluster ends a rebalance only one second
    /// before the session timeout of its members, even if all members have joined earlier.
    /// </summary>
    public static void Hasten(KafkaIntakeOptions options)
    {
        options.Consumer["session.timeout.ms"] = "2000";
        options.Consumer["heartbeat.interval.ms"] = "200";
        options.Client["reconnect.backoff.max.ms"] = "200";
    }

    public string Servers { get; }

    public string Topic { get; } = "jobs";

    public void MakeTopic(string name, int partitions) =>
        Check(Native.rd_kafka_mock_topic_create(_cluster, name, partitions, 1));

    public void GoDown() => Check(Native.rd_kafka_mock_broker_set_down(_cluster, 1));

    public void ComeUp() => Check(Native.rd_kafka_mock_broker_set_up(_cluster, 1));

    /// <summary>Makes the topic answer with an error from now on.</summary>
    public void FailTopic(ErrorCode code) => Native.rd_kafka_mock_topic_set_error(_cluster, Topic, (int)code);

    /// <summary>Writes a record with the given bytes.</summary>
    public void Write(int partition, byte[] value)
    {
        var config = new ProducerConfig { BootstrapServers = Servers };
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        producer.ProduceAsync(new TopicPartition(Topic, partition), new Message<byte[], byte[]> { Value = value })
            .GetAwaiter().GetResult();
    }

    /// <summary>Deletes the records of a partition before an offset, as the retention of a topic does.</summary>
    public void Delete(int partition, long before) =>
        Check(Native.rd_kafka_mock_partition_delete_records(_cluster, Topic, partition, before));

    /// <summary>Returns the number of records in the topic.</summary>
    public long Count()
    {
        var config = new ConsumerConfig { BootstrapServers = Servers, GroupId = "count" };
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        return Enumerable.Range(0, 2).Sum(i =>
            consumer.QueryWatermarkOffsets(new TopicPartition(Topic, i), TimeSpan.FromSeconds(10)).High.Value);
    }

    public void Dispose()
    {
        Native.rd_kafka_mock_cluster_destroy(_cluster);
        Native.rd_kafka_destroy(_client);
    }

    private static void Check(int error) => Assert.Equal(0, error);

    private static class Native
    {
        private const string Name = "librdkafka";

        [DllImport(Name)]
        public static extern nint rd_kafka_conf_new();

        [DllImport(Name)]
        public static extern int rd_kafka_conf_set(
            nint conf,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
            byte[] error,
            nint size);

        [DllImport(Name)]
        public static extern nint rd_kafka_new(int type, nint conf, byte[] error, nint size);

        [DllImport(Name)]
        public static extern void rd_kafka_destroy(nint client);

        [DllImport(Name)]
        public static extern nint rd_kafka_mock_cluster_new(nint client, int brokers);

        [DllImport(Name)]
        public static extern void rd_kafka_mock_cluster_destroy(nint cluster);

        [DllImport(Name)]
        public static extern nint rd_kafka_mock_cluster_bootstraps(nint cluster);

        [DllImport(Name)]
        public static extern void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int delay);

        [DllImport(Name)]
        public static extern int rd_kafka_mock_topic_create(
            nint cluster, [MarshalAs(UnmanagedType.LPUTF8Str)] string topic, int partitions, int replicas);

        [DllImport(Name)]
        public static extern int rd_kafka_mock_partition_delete_records(
            nint cluster, [MarshalAs(UnmanagedType.LPUTF8Str)] string topic, int partition, long before);

        [DllImport(Name)]
        public static extern void rd_kafka_mock_topic_set_error(
            nint cluster, [MarshalAs(UnmanagedType.LPUTF8Str)] string topic, int error);

        [DllImport(Name)]
        public static extern int rd_kafka_mock_broker_set_down(nint cluster, int broker);

        [DllImport(Name)]
        public static extern int rd_kafka_mock_broker_set_up(nint cluster, int broker);
    }
}
