using System.Runtime.InteropServices;

namespace QueueAdmission;

/// <summary>
/// Counts the viewers of the live feed: all together, by address and by user. A viewer holds a connection, so their
/// number is bounded, and one client cannot take all places.
/// </summary>
/// <remarks>
/// Behind a proxy that forwards no address, all operators have the address of the proxy. So the bound of an address is
/// half of all places. A signed-in user is known whatever the address is, and has a smaller bound of its own.
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

    /// <summary>Gives a place back. The arguments are those with which it was taken.</summary>
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

    /// <summary>Clients without viewers take no memory.</summary>
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
    /// <summary>It has a place.</summary>
    Admitted,

    /// <summary>All places are taken.</summary>
    Full,

    /// <summary>This client has as many places as one client may have.</summary>
    ClientLimit,
}
