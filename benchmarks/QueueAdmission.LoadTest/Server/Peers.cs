using QueueAdmission.Benchmarks;

namespace QueueAdmission.LoadTest.Server;

/// <summary>The peers of every scenario, by the names under which they stand in the tables.</summary>
internal static class Peers
{
    public const string None = "none";
    public const string RateLimiter = "UseRateLimiter";
    public const string EasyQueue = "easyqueue";
    public const string Ours = "QueueAdmission";

    public static readonly string[] All = [None, RateLimiter, EasyQueue, Ours];

    public static Peer Open(string name, Limits limits) => name switch
    {
        None => new NoPeer(),
        RateLimiter => new RateLimiterPeer(limits),
        EasyQueue => new EasyQueuePeer(limits),
        Ours => new QueueAdmissionPeer(limits),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not a peer."),
    };
}
