using Microsoft.Extensions.Options;
using QueueAdmission;

namespace WebDemo;

/// <summary>The three shops of the race.</summary>
internal sealed class RaceShops(
    IOptions<RaceOptions> options, [FromKeyedServices(RaceShops.Policy)] JobQueue queue, TimeProvider time)
    : IDisposable
{
    /// <summary>The name of the limiter's policy and of the queue.</summary>
    public const string Policy = "race";

    /// <summary>The shop that lets every request in.</summary>
    public RaceShop Open { get; } = new("open", new ShopDatabase(options.Value.Database, time));

    /// <summary>The shop with the framework's limiter in front of its handler.</summary>
    public RaceShop Limited { get; } = new("limited", new ShopDatabase(options.Value.Database, time));

    /// <summary>The shop with a queue of this product in front of its handler.</summary>
    public RaceShop Queued { get; } = new("queued", new ShopDatabase(options.Value.Database, time));

    public IReadOnlyList<RaceShop> All => [Open, Limited, Queued];

    /// <summary>
    /// Returns the line in front of a shop's handler: the number of waiting shoppers, and the places. Null for the open
    /// shop.
    /// </summary>
    /// <param name="shop">The shop.</param>
    /// <param name="inside">The number of shoppers without an answer yet. The limiter does not report how many of them
    /// wait, so this is derived.</param>
    public LineView? LookAtLine(RaceShop shop, int inside)
    {
        if (shop == Queued)
        {
            var snapshot = queue.GetSnapshot();
            return new LineView(snapshot.Waiting, snapshot.Settings.Partitions * snapshot.Settings.PartitionCapacity);
        }
        var places = options.Value.RateLimiter.QueueLimit;
        return shop == Limited ? new LineView(Math.Clamp(inside - shop.Working, 0, places), places) : null;
    }

    public void Dispose()
    {
        foreach (var shop in All)
            shop.Database.Dispose();
    }
}
