using System.Runtime.InteropServices;

namespace QueueAdmission;

/// <summary>
/// Counts and limits the viewers of the live feed: in total, by address and by user. Each viewer holds a connection.
/// The limits bound the number of connections, and keep one client from taking all places.
/// </summary>
/// <remarks>
/// Behind a proxy that does not forward the client's address, all operators have the address of the proxy. The limit
/// for an address is therefore half of all places. A signed-in user is recognised at any address, and has a separate,
/// smaller limit.
/// </remarks>
internal sealed class ViewerPlaces
{
    /// <summary>The maximum number of all viewers.</summary>
    public const int Max = 1_000;

    /// <summary>The maximum number of viewers from one address.</summary>
    public const int MaxPerAddress = 500;

    /// <summary>The maximum number of viewers of one signed-in user.</summary>
    public const int MaxPerUser = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _byAddress = [];
    private readonly Dictionary<string, int> _byUser = [];

    /// <summary>The number of viewers.</summary>
    public int Count { get; private set; }

    /// <summary>Takes a place.</summary>
    /// <param name="address">The address of the client; empty if the connection has none.</param>
    /// <param name="user">The signed-in user; null if there is none.</param>
    /// <returns>Whether there was a place, or why there was none.</returns>
    public ViewerAdmission TryTake(string address, string? user)
    {
        lock (_lock)
        {
            if (Count >= Max)
            {
                return ViewerAdmission.Full;
            }
            if (_byAddress.GetValueOrDefault(address) >= MaxPerAddress
                || (user is not null && _byUser.GetValueOrDefault(user) >= MaxPerUser))
            {
                return ViewerAdmission.ClientLimit;
            }
            Count++;
            CollectionsMarshal.GetValueRefOrAddDefault(_byAddress, address, out _)++;
            if (user is not null)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_byUser, user, out _)++;
            }
            return ViewerAdmission.Admitted;
        }
    }

    /// <summary>Releases a place. The arguments must be those with which the place was taken.</summary>
    public void Release(string address, string? user)
    {
        lock (_lock)
        {
            Count--;
            Decrease(_byAddress, address);
            if (user is not null)
            {
                Decrease(_byUser, user);
            }
        }
    }

    /// <summary>Decreases a count and removes it at 0. A client without viewers therefore takes no memory.</summary>
    private static void Decrease(Dictionary<string, int> counts, string key)
    {
        if (--CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _) == 0)
        {
            counts.Remove(key);
        }
    }
}

/// <summary>Whether a viewer gets a place.</summary>
internal enum ViewerAdmission
{
    /// <summary>The viewer has a place.</summary>
    Admitted,

    /// <summary>All places are taken.</summary>
    Full,

    /// <summary>This client has as many places as one client may have.</summary>
    ClientLimit,
}
