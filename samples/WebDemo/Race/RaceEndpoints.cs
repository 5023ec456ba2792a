namespace WebDemo;

internal static class RaceEndpoints
{
    /// <summary>
    /// Counts the customers that reach their shop, and answers them at once if the shop is sold out. It belongs before
    /// the limiter and the queue.
    /// </summary>
    public static void UseRaceDoors(this WebApplication app) => app.Use(static (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RaceShop>() is not { } shop)
            return next(context);
        var query = context.Request.Query;
        if (int.TryParse(query["race"], out var race) && int.TryParse(query["customer"], out var customer))
            shop.Door.Greet(race, customer);
        return shop.IsSoldOut ? Results.Text(Shop.NoneLeft).ExecuteAsync(context) : next(context);
    });

    /// <summary>Maps the three shops, and the race itself. The shops differ in one line.</summary>
    public static void MapRace(this WebApplication app)
    {
        var shops = app.Services.GetRequiredService<RaceShops>();
        Open(shops.Open);
        Open(shops.Limited).RequireRateLimiting(RaceShops.Policy);
        Open(shops.Queued).WithQueue(RaceShops.Policy);

        app.MapGet("/", RacePage.Show);
        app.MapPost("/race", (Race race) => race.TryStart() ? Results.Accepted() : Results.Conflict());
        app.MapGet("/race", (Race race) => race.Look());
        app.MapGet("/race/live", (LiveFeed<RaceView> feed, CancellationToken gone) =>
            TypedResults.ServerSentEvents(feed.WatchAsync(gone)));

        RouteHandlerBuilder Open(RaceShop shop) =>
            app.MapPost(
                shop.Path,
                (int race, int customer, CancellationToken left) => shop.BuyAsync(race, customer, left))
                .WithMetadata(shop);
    }
}
