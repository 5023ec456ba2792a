using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace WebDemo;

internal static class RaceServices
{
    /// <summary>Registers the three shops of the race, and the framework's limiter for one of them.</summary>
    public static void AddRace(this IServiceCollection services)
    {
        services.AddOptions<RaceOptions>().BindConfiguration("Race")
            .Validate(static race => race.IsValid,
                "Race: Shoppers, AtOnce, OnTheWay, Connections and PermitLimit are 1 or more. " +
                "Lamps and QueueLimit are 0 or more. " +
                "MinPatience is above 0 and at most MaxPatience, Wait is above 0, other times are not negative.")
            .ValidateOnStart();
        services.AddSingleton<RaceShops>();
        services.AddSingleton<Race>();
        services.AddSingleton<Func<RaceView>>(provider => provider.GetRequiredService<Race>().Look);
        services.AddSingleton<LiveFeed<RaceView>>();
        services.AddRateLimiter(static _ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<RaceOptions>>(static (limiter, race) =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
            limiter.AddConcurrencyLimiter(RaceShops.Policy, permits =>
            {
                permits.PermitLimit = race.Value.RateLimiter.PermitLimit;
                permits.QueueLimit = race.Value.RateLimiter.QueueLimit;
            });
        });
    }
}
