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

    /// <summary>Lets each request in.</summary>
    public RaceShop Open { get; } = new("open", new ShopDatabase(options.Value.Database, time));

    /// <summary>Has the framework's limiter before its handler.</summary>
    public RaceShop Limited { get; } = new("limited", new ShopDatabase(options.Value.Database, time));

    /// <summary>Has a queue of this product before its handler.</summary>
    public RaceShop Queued { get; } = new("queued", new ShopDatabase(options.Value.Database, time));

    public IReadOnlyList<RaceShop> All => [Open, Limited, Queued];

    /// <summary>
    /// The line before a shop's handler: how many wait in it, and its places. The open shop has none.
    /// </summary>
    /// <param name="shop">The shop.</param>
    /// <param name="inside">The shoppers that have no answer yet. The limiter does not tell which of them wait.</param>
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
