namespace QueueAdmission;

/// <summary>
/// The key of a request and the share of that key. The method for <see cref="PartitionBy.CustomWithShare"/> returns
/// this type.
/// </summary>
/// <example>
/// <code>
/// q.PartitionBy = PartitionBy.CustomWithShare(context => new KeyShare(TenantOf(context), IsPremium(context) ? 4 : 1));
/// </code>
/// </example>
public readonly struct KeyShare
{
    private readonly int _furtherShare;

    /// <summary>Creates a key with its share.</summary>
    /// <param name="key">The key of the caller. Null or empty means no key.</param>
    /// <param name="share">
    /// How much of the workers the key gets in proportion to other keys. While both have requests waiting, a key with a
    /// share of 4 gets four times the worker time of a key with a share of 1. Default 1; range 1 to 1,000.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="share"/> is below 1 or above 1,000.
    /// </exception>
    public KeyShare(string? key, int share = 1)
    {
        if (share is < 1 or > JobTraits.MaxKeyShare)
            throw new ArgumentOutOfRangeException(
                nameof(share), share, $"Not a share of key '{key}'; allowed: 1 to 1,000.");
        Key = key;
        _furtherShare = share - 1;
    }

    /// <summary>The key of the caller; null or empty for no key.</summary>
    public string? Key { get; }

    /// <summary>How much of the workers the key gets in proportion to other keys.</summary>
    public int Share => _furtherShare + 1;
}
