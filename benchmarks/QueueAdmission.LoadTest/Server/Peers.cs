using System.Globalization;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.LoadTest.Server;

/// <summary>The peers of every scenario, by their names in the tables.</summary>
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

    /// <summary>For the cost of the dashboard; it is compared with no peer.</summary>
    public const string OursWithDashboard = "QueueAdmission with its dashboard";

    private const string OursWithQueues = OursWithDashboard + ", queues: ";

    public static readonly string[] All = [None, RateLimiter, EasyQueue, Ours];

    /// <summary>The peers of the scenarios in which more requests come than can be served.</summary>
    public static readonly string[] Overloaded = [.. All, OursControlled];

    /// <summary>The dashboard of a number of queues.</summary>
    public static string WithDashboard(int queues) => $"{OursWithQueues}{queues}";

    /// <summary>The peers where the line is longer than the clients' patience.</summary>
    public static readonly string[] WithLongLines = [RateLimiter, EasyQueue, OursPlain, Ours, OursControlled];

    public static Peer Open(string name, Limits limits) => name switch
    {
        None => new NoPeer(),
        RateLimiter => new RateLimiterPeer(limits),
        EasyQueue => new EasyQueuePeer(limits),
        Ours => new QueueAdmissionPeer(limits),
        OursPlain => new QueueAdmissionPeer(limits, "AdaptiveMaxWait=false"),
        // As its documentation says: the limit on the wait is what callers accept.
        OursControlled => new QueueAdmissionPeer(limits, "MaxWait=00:00:00.5", "OverloadControl=true"),
        // Each tenant has eight lines. These have as many places as all tenants together have with other peers.
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
