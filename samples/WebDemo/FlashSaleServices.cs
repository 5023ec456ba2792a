using QueueAdmission;

namespace WebDemo;

internal static class FlashSaleServices
{
    /// <summary>Registers the shop, its rush and its live feed, with their settings.</summary>
    public static void AddFlashSale(this IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddOptions<ShopOptions>().BindConfiguration("Shop")
            .Validate(shop => shop is { Stock: >= 0, Restock: > 0 } && shop.OrderTime >= TimeSpan.Zero
                && shop.OrderTime <= TimeSpan.FromMinutes(1),
                "Shop: Stock is 0 or more, Restock 1 or more, and OrderTime 00:00:00 to 00:01:00.")
            .ValidateOnStart();
        services.AddOptions<RushOptions>().BindConfiguration("Rush")
            .Validate(rush => rush is { Shoppers: > 0, AtOnce: > 0 } && rush.Within >= TimeSpan.Zero,
                "Rush: Shoppers and AtOnce are 1 or more, and Within is not negative.")
            .ValidateOnStart();
        services.AddSingleton<Shop>();
        services.AddSingleton<Tills>();
        services.AddSingleton<OwnAddress>();
        services.AddSingleton<Rush>();
        services.AddSingleton<Func<LiveView>>(static provider => () => LiveView.Look(
            provider.GetRequiredService<Shop>(), provider.GetRequiredKeyedService<JobQueue>("checkout"),
            provider.GetRequiredService<Tills>(), provider.GetRequiredService<Rush>(),
            provider.GetRequiredService<IHostEnvironment>()));
        services.AddSingleton<LiveFeed<LiveView>>();
    }
}
