using QueueAdmission.Cluster;

namespace ClusterDemo;

internal static class FrontServices
{
    public static void AddShopFront(this IServiceCollection services, DemoOptions options)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddOptions<ShopOptions>().BindConfiguration("Shop")
            .Validate(shop => shop is { Stock: >= 0, Restock: > 0 } && shop.OrderTime >= TimeSpan.Zero
                && shop.OrderTime <= TimeSpan.FromMinutes(1),
                "Shop: Stock must be 0 or more, Restock 1 or more, and OrderTime 00:00:00 to 00:01:00.")
            .ValidateOnStart();
        services.AddOptions<CrowdOptions>().BindConfiguration("Crowd")
            .Validate(crowd => crowd.Shoppers is > 0 and <= 10_000 && crowd.Within >= TimeSpan.Zero
                && crowd.Patience > TimeSpan.Zero,
                "Crowd: Shoppers must be 1 to 10,000, Within must not be negative, and Patience must be above zero.")
            .ValidateOnStart();
        services.AddOptions<FleetOptions>().BindConfiguration("Fleet")
            .Validate(fleet => fleet.ClosedFor >= TimeSpan.Zero, "Fleet: ClosedFor must not be negative.")
            .ValidateOnStart();
        // The front has no queue. It reads these settings only to show the duration of the shops' leases.
        services.AddOptions<ClusterOptions>().BindConfiguration(ClusterOptions.Section);
        services.AddSingleton(options);
        services.AddSingleton(Stocks.Create(options));
        services.AddSingleton<Fleet>();
        services.AddHostedService(provider => provider.GetRequiredService<Fleet>());
        services.AddSingleton<Forwarder>();
        services.AddSingleton<Counter>();
        services.AddSingleton<OwnAddress>();
        services.AddSingleton<Crowds>();
        services.AddSingleton<LiveFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveFeed>());
    }
}
