namespace QueueAdmission;

/// <summary>
/// The key of a request, and the share of that key: what the method of <see cref="PartitionBy.CustomWithShare"/>
/// returns.
/// </summary>
/// <example>
/// <code>
/// q.PartitionBy = PartitionBy.CustomWithShare(context => new KeyShare(TenantOf(context), IsPremium(context) ? 4 : 1));
/// </code>
/// </example>
public readonly struct KeyShare
{
    private readonly int _furtherShare;

    /// <summary>Makes a key with its share.</summary>
    /// <param name="key">The key of the caller. Null or empty means no key.</param>
    /// <param name="share">
    /// The part of the workers that the key gets beside other keys. A key with 4 gets four times the time of a key with
    /// 1. Default 1; range 1 to 1,000.
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

    /// <summary>The part of the workers that the key gets beside other keys.</summary>
    public int Share => _furtherShare + 1;
}
