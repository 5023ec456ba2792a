using System.Globalization;
using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.Redis;

public sealed class RedisSentinelTests
{
    private readonly LeaseStoreKey _key = Documents.NewKey();

    [Fact]
    public void Store_PrimaryIsKilled_FollowsSentinelToThePromotedReplica()
    {
        using var primary = RedisServer.Start("--requirepass", "x", "--masterauth", "x");
        using var replica = RedisServer.Start(
            "--requirepass", "x", "--masterauth", "x", "--replicaof", "127.0.0.1", $"{primary.Port}");
        Eventually.True(
            () => replica.Send("INFO replication", "x").Contains("master_link_status:up", StringComparison.Ordinal),
            () => "The replica does not follow.");
        using var sentinel = Sentinel.Start(primary.Port, "x");
        Eventually.True(() => sentinel.KnowsReplica, () => "The Sentinel does not see the replica.");
        using var store = RedisStores.Open(
            $"127.0.0.1:{Ports.FindFree()},127.0.0.1:{sentinel.Port},serviceName=shop,password=x");
        using var ears = new SignalEars(store, _key.Cluster);
        Assert.True(store.Write(_key, "a.1"));
        var before = store.Read(_key);
        Eventually.True(
            () => replica.Send($"EXISTS queueadmission:leases:{_key.Cluster}:{_key.Queue}", "x").Contains(
                ":1", StringComparison.Ordinal),
            () => "The replica does not get the document.");

        primary.Kill();

        var after = Eventually.Reads(store, _key);
        Assert.Equal("a.1", after.Version);
        Assert.NotEqual(before.Identity, after.Identity);
        Assert.False(store.TryWrite(_key, before, Documents.NewWrite("a.2"), out _));
        ears.WaitForConnection(2);
        Assert.True(store.Write(_key, "a.3", "hungry"));
        ears.WaitFor("hungry");
    }

    [Fact]
    public void Store_PrimaryIsSwitchedWhileItRuns_LeavesTheOldOneAndItsSignals()
    {
        using var primary = RedisServer.Start();
        using var replica = RedisServer.Start("--replicaof", "127.0.0.1", $"{primary.Port}");
        Eventually.True(
            () => replica.Send("INFO replication").Contains("master_link_status:up", StringComparison.Ordinal),
            () => "The replica does not follow.");
        using var sentinel = Sentinel.Start(primary.Port);
        Eventually.True(() => sentinel.KnowsReplica, () => "The Sentinel does not see the replica.");
        using var store = RedisStores.Open($"127.0.0.1:{sentinel.Port},serviceName=shop");
        using var ears = new SignalEars(store, _key.Cluster);
        var before = store.Read(_key);

        Eventually.True(
            () =>
            {
                // A Sentinel gives a failover up if the machine was paused for some seconds.
                if (sentinel.Primary == primary.Port)
                {
                    sentinel.Send("SENTINEL FAILOVER shop");
                }
                return Eventually.Reads(store, _key).Identity != before.Identity;
            },
            () => "The store stays with the old primary.");

        ears.WaitForConnection(2);
        Eventually.Writes(store, _key, Guid.NewGuid().ToString("N"), "hungry");
        ears.WaitFor("hungry");
    }

    [Fact]
    public void Read_SentinelDoesNotKnowTheService_IsUnusable()
    {
        using var primary = RedisServer.Start();
        using var sentinel = Sentinel.Start(primary.Port);
        using var store = RedisStores.Open($"127.0.0.1:{sentinel.Port},serviceName=other");

        var exception = Assert.Throws<LeaseStoreException>(() => store.Read(_key));

        Assert.Equal(LeaseStoreProblem.Unusable, exception.Problem);
        Assert.Contains("'other'", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A single Sentinel, which decides alone that the primary is down, within a second.</summary>
    private sealed class Sentinel : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("queueadmission-sentinel").FullName;
        private readonly ServerProcess _process;

        private Sentinel(int primary, string? password)
        {
            Port = Ports.FindFree();
            var file = Path.Combine(_folder, "sentinel.conf");
            File.WriteAllText(
                file,
                string.Create(CultureInfo.InvariantCulture, $"""
                port {Port}
                bind 127.0.0.1
                dir {_folder}
                sentinel monitor shop 127.0.0.1 {primary} 1
                sentinel down-after-milliseconds shop 500
                sentinel failover-timeout shop 3000
                {(password is null ? "" : $"sentinel auth-pass shop {password}")}

                """));
            _process = ServerProcess.Start(Programs.Need("redis-sentinel", "redis-sentinel"), file);
            Eventually.True(() => CanAnswer, () => $"The Sentinel did not start: {_process.Output}");
        }

        public int Port { get; }

        public bool KnowsReplica =>
            Send("SENTINEL REPLICAS shop").Contains("master-link-status\r\n$2\r\nok", StringComparison.Ordinal);

        /// <summary>The port of the server that the Sentinel names as the primary.</summary>
        public int Primary => int.Parse(
            Send("SENTINEL GET-MASTER-ADDR-BY-NAME shop").Split("\r\n")[4], CultureInfo.InvariantCulture);

        private bool CanAnswer
        {
            get
            {
                try
                {
                    return Send("PING").Contains("PONG", StringComparison.Ordinal);
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return false;
                }
            }
        }

        public static Sentinel Start(int primary, string? password = null) => new(primary, password);

        public string Send(string command) => RedisServer.Send(Port, command, null);

        public void Dispose()
        {
            _process.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
