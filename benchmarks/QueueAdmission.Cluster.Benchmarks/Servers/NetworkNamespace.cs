using System.Globalization;

namespace QueueAdmission.Cluster.Benchmarks.Servers;

/// <summary>A network namespace: a virtual host on this machine that can be disconnected. Requires root.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    private readonly string _name;
    private readonly string _outside;

    public NetworkNamespace()
    {
        // The kernel removes the devices of a deleted namespace with a delay, so each name is new.
        var mark = string.Create(
            CultureInfo.InvariantCulture, $"{Environment.ProcessId}{Random.Shared.Next(0x1000):x3}");
        _name = "qabench" + mark;
        _outside = "qab" + mark;
        var inside = _outside + "i";
        Ip("netns", "add", _name);
        Ip("link", "add", _outside, "type", "veth", "peer", "name", inside);
        Ip("link", "set", inside, "netns", _name);
        Ip("addr", "add", Address + "/30", "dev", _outside);
        Ip("link", "set", _outside, "up");
        Ip("-n", _name, "addr", "add", "10.231.77.2/30", "dev", inside);
        Ip("-n", _name, "link", "set", inside, "up");
        Ip("-n", _name, "link", "set", "lo", "up");
        // On a real network, a host still knows the MAC addresses of its neighbors when a link behind them fails.
        Ip("-n", _name, "neigh", "replace", Address, "lladdr", MacOf(_outside), "nud", "permanent", "dev", inside);
    }

    /// <summary>The address outside the namespace.</summary>
    public static string Address => "10.231.77.1";

    /// <summary>The command that starts a program inside the namespace.</summary>
    public string[] Prefix => ["ip", "netns", "exec", _name];

    /// <summary>Drops all packets from now on. Connections do not get an error.</summary>
    public void Cut() => Ip("link", "set", _outside, "down");

    public void Heal() => Ip("link", "set", _outside, "up");

    public void Dispose() => Ip("netns", "del", _name);

    private static string MacOf(string device) => File.ReadAllText($"/sys/class/net/{device}/address").Trim();

    private static void Ip(params string[] arguments) => ServerProcess.Run("ip", arguments);
}
