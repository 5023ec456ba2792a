using System.Globalization;

namespace QueueAdmission.Cluster;

/// <summary>The number of workers that a node uses while it has no lease.</summary>
public sealed class LeaseFallback : IEquatable<LeaseFallback>
{
    private const int OfShare = -1;

    private readonly int _workers;

    private LeaseFallback(int workers) => _workers = workers;

    /// <summary>
    /// No job starts without a lease. The limit can be exceeded only by jobs that outlive the lease of their node.
    /// </summary>
    public static LeaseFallback Stop { get; } = new(0);

    /// <summary>
    /// The node's share of the limit: the limit divided by the number of nodes that were last seen, rounded down. 0
    /// until the node has read the state of the cluster once.
    /// </summary>
    public static LeaseFallback Share { get; } = new(OfShare);

    /// <summary>Returns a fallback with a fixed number of workers.</summary>
    /// <param name="workers">The number of workers; range 0 to 100,000.</param>
    /// <returns>The fallback.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is out of its range.</exception>
    public static LeaseFallback Of(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, JobQueueOptions.WorkersLimit);
        return workers == 0 ? Stop : new LeaseFallback(workers);
    }

    /// <inheritdoc/>
    public bool Equals(LeaseFallback? other) => other is not null && other._workers == _workers;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LeaseFallback);

    /// <inheritdoc/>
    public override int GetHashCode() => _workers;

    /// <summary>Returns the text as it is written in configuration.</summary>
    /// <returns><c>Stop</c>, <c>Share</c> or the number.</returns>
    public override string ToString() => _workers switch
    {
        0 => nameof(Stop),
        OfShare => nameof(Share),
        _ => _workers.ToString(CultureInfo.InvariantCulture),
    };

    internal static LeaseFallback? Parse(string text) =>
        text.Equals(nameof(Stop), StringComparison.OrdinalIgnoreCase) ? Stop
        : text.Equals(nameof(Share), StringComparison.OrdinalIgnoreCase) ? Share
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var workers)
            && workers <= JobQueueOptions.WorkersLimit ? Of(workers)
        : null;

    /// <param name="limit">The limit of the cluster.</param>
    /// <param name="nodes">The number of nodes that were last seen, or 0 if the document was never seen.</param>
    internal int Workers(int limit, int nodes) => _workers == OfShare ? (nodes == 0 ? 0 : limit / nodes) : _workers;
}
