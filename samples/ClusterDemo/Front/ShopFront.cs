using Microsoft.Extensions.Options;

namespace ClusterDemo;

/// <summary>
/// The single address in front of the shops. The front starts the shops, watches them, and distributes the shoppers.
/// </summary>
internal static class ShopFront
{
    public static async Task<int> RunAsync(string[] args)
    {
        using var files = new DemoFolder();
        try
        {
            var builder = WebApplication.CreateBuilder(args);
            builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
            var options = DemoOptions.Read(args, builder.Configuration);
            if (options.Data == "")
                options = options with { Data = files.Create() };
            Directory.CreateDirectory(options.Data);
            builder.Services.AddShopFront(options);

            await using var app = builder.Build();
            await DemoServer.CheckAsync(options);
            var shop = app.Services.GetRequiredService<IOptions<ShopOptions>>().Value;
            await app.Services.GetRequiredService<IStock>().OpenAsync(shop.Stock);
            Map(app);
            await app.RunAsync();
            return 0;
        }
        catch (DemoException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    private static void Map(WebApplication app)
    {
        app.UsePageFiles();
        // The same three endpoints as in WebDemo, for programs.
        app.MapGet("/ping", (HttpContext context, Forwarder forwarder) => forwarder.ForwardAsync(context));
        app.MapGet("/add", (Counter counter) => counter.RestockAsync());
        app.MapGet("/cache", (Counter counter) => counter.ReadAsync());

        // The other endpoints that the page needs.
        app.MapPost("/nodes/{number:int}/kill", (int number, Fleet fleet) =>
            Results.Json(fleet.Kill(number, out var status), statusCode: status));
        app.MapPost("/crowds", (int? shop, Crowds crowds) =>
            crowds.TrySend(shop) ? Results.Accepted() : Results.Conflict());
        app.MapGet("/live", (LiveFeed feed, CancellationToken gone) =>
            TypedResults.ServerSentEvents(feed.WatchAsync(gone)));
    }
}
