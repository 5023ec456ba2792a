using System.Globalization;

namespace QueueAdmission.Cluster.Benchmarks.Nodes;

/// <summary>The settings with which a node is started.</summary>
/// <param name="Gate">The gate that admits jobs: <c>redis</c>, <c>postgres</c>, <c>sqlite</c>, or
/// <c>RedisRateLimiting</c>.</param>
/// <param name="Connection">The connection string, or the path of the file.</param>
/// <param name="Cluster">The name of the cluster. Each question has a separate cluster.</param>
/// <param name="Workers">The limit over all nodes.</param>
/// <param name="Fallback">The setting <c>ClusterFallback</c>.</param>
internal sealed record NodeSettings(string Gate, string Connection, string Cluster, int Workers, string Fallback)
{
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(3);

    public string[] ToArguments() =>
        [Gate, Connection, Cluster, Workers.ToString(CultureInfo.InvariantCulture), Fallback];

    public static NodeSettings Parse(string[] arguments) => new(
        arguments[0], arguments[1], arguments[2], int.Parse(arguments[3], CultureInfo.InvariantCulture), arguments[4]);
}
