using QueueAdmission;
using WebDemo;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddQueuedAdmission();    // optional: lets the shop ask for its queue by name
builder.Services.AddFlashSale();
builder.Services.AddRace();

var app = builder.Build();
app.UsePageFiles();                       // the pages and their files, from wwwroot
app.UseSoldOutSign();                     // once sold out, callers are told so at once, without queueing
app.UseRaceDoors();                       // the same in the three shops of the race
app.UseRateLimiter();                     // for one shop of the race; the other endpoints have no policy
app.UseQueuedAdmission();                 // the others: few buy at once, some wait, the rest gets a 503

// The race, at /: three shops side by side. They differ in one line, in Race/RaceEndpoints.cs.
app.MapRace();

// The single shop, at /shop.html. The settings of "checkout" are in appsettings.json.
app.MapGet("/ping", (Shop shop) => shop.BuyAsync()).WithQueue("checkout");
app.MapGet("/add", (Shop shop) => shop.Restock());
app.MapGet("/cache", (Shop shop) => shop.ReadBooks());

// The other endpoints that the page needs: live snapshots, 10,000 shoppers on demand, and in Development other
// settings.
app.MapGet("/live", (LiveFeed<LiveView> feed, CancellationToken gone) =>
    TypedResults.ServerSentEvents(feed.WatchAsync(gone)));
app.MapQueueDashboard("/queues");         // the dashboard of all queues: in Development, on this machine
app.MapPost("/rush", (Rush rush) => rush.TryStart() ? Results.Accepted() : Results.Conflict());
if (app.Environment.IsDevelopment())
    app.MapPut("/settings", (ShopSettings settings, Shop shop, [FromKeyedServices("checkout")] JobQueue queue) =>
        settings.Apply(shop, queue));

app.Run();
