namespace ClusterDemo;

/// <summary>
/// One shop: an ordinary web application with a queue. Its queue shares the workers with the queues of the other shops.
/// </summary>
internal static class ShopNode
{
    /// <summary>The option that makes the program a node; the front sets it.</summary>
    public const string Option = "--node";

    public static bool IsOne(string[] args) => args.Contains(Option);

    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        var options = DemoOptions.Read(args, builder.Configuration);
        builder.Services.AddQueuedAdmission().AddCluster(cluster =>
        {
            _ = options.Store switch
            {
                "redis" => cluster.UseRedis(options.Redis),
                "postgres" => cluster.UsePostgreSql(options.PostgreSql),
                _ => cluster.UseSqlite(Path.Combine(options.Data, "leases.db")),
            };
        });

        builder.Services.AddOptions<ShopOptions>().BindConfiguration("Shop");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(NodeIdentity.Read(builder.Configuration));
        builder.Services.AddSingleton(Stocks.Create(options));
        builder.Services.AddSingleton<DoorSign>();
        builder.Services.AddSingleton<Shop>();
        builder.Services.AddSingleton<NodeReporter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Shop>());
        builder.Services.AddHostedService<ParentWatch>();

        var app = builder.Build();
        app.UseDoorSign();           // once sold out, callers are told so at once, without queueing
        app.UseQueuedAdmission();    // the others: few buy at once, over all shops; some wait, the rest gets a 503
        app.MapGet("/ping", (HttpContext context, Shop shop) => shop.BuyAsync(context)).WithQueue("checkout");
        app.MapGet("/report", (NodeReporter reporter) => reporter.Read());
        app.MapPost("/restocked", (DoorSign sign) => sign.LookAsync());

        await app.StartAsync();
        NodeAddress.Tell(app.Urls.Single());
        await app.WaitForShutdownAsync();
        return 0;
    }
}
