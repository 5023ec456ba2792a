using System.Globalization;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.LoadTest.Server;

/// <summary>The peers of all scenarios, by the names that the tables show.</summary>
internal static class Peers
{
    public const string None = "none";
    public const string RateLimiter = "UseRateLimiter";
    public const string EasyQueue = "easyqueue";
    public const string Ours = "QueueAdmission";
    public const string OursControlled = "… with OverloadControl";

    public const string OursPlain = "QueueAdmission, AdaptiveMaxWait off";

    public const string OursByTenant = "… with PartitionBy";
    public const string OursByPriority = "… with PriorityFrom";

    public const string TenantHeader = "X-Tenant";
    public const string PriorityHeader = "X-Priority";

    /// <summary>Used to measure the cost of the dashboard. It is not compared with other peers.</summary>
    public const string OursWithDashboard = "QueueAdmission with its dashboard";

    private const string OursWithQueues = OursWithDashboard + ", queues: ";

    public static readonly string[] All = [None, RateLimiter, EasyQueue, Ours];

    /// <summary>The peers of the scenarios with more requests than can be served.</summary>
    public static readonly string[] Overloaded = [.. All, OursControlled];

    /// <summary>Returns the name of the peer with a dashboard and the given number of queues.</summary>
    public static string WithDashboard(int queues) => $"{OursWithQueues}{queues}";

    /// <summary>The peers of the scenario in which the wait exceeds the clients' patience.</summary>
    public static readonly string[] WithLongLines = [RateLimiter, EasyQueue, OursPlain, Ours, OursControlled];

    public static Peer Open(string name, Limits limits) => name switch
    {
        None => new NoPeer(),
        RateLimiter => new RateLimiterPeer(limits),
        EasyQueue => new EasyQueuePeer(limits),
        Ours => new QueueAdmissionPeer(limits),
        OursPlain => new QueueAdmissionPeer(limits, "AdaptiveMaxWait=false"),
        // As the documentation recommends, the limit on the wait is the longest wait that callers accept.
        OursControlled => new QueueAdmissionPeer(limits, "MaxWait=00:00:00.5", "OverloadControl=true"),
        // Each tenant uses eight partitions. Together, these have as many places as all tenants share with the other
        // peers.
        OursByTenant => new QueueAdmissionPeer(
            limits with { Partitions = 64, PartitionCapacity = limits.Places / 8 },
            $"PartitionBy=Header:{TenantHeader}"),
        OursByPriority => new QueueAdmissionPeer(limits, $"PriorityFrom=Header:{PriorityHeader}"),
        OursWithDashboard => new DashboardPeer(limits),
        _ when name.StartsWith(OursWithQueues, StringComparison.Ordinal) =>
            new DashboardPeer(limits, int.Parse(name[OursWithQueues.Length..], CultureInfo.InvariantCulture)),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not a peer."),
    };
}
