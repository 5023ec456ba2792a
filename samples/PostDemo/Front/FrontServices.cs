using QueueAdmission;
using QueueAdmission.Kafka;

namespace PostDemo;

internal static class FrontServices
{
    /// <param name="services">The services, with those of <see cref="Publishing"/>.</param>
    /// <param name="worker">The arguments of the process that runs the jobs.</param>
    public static void AddPostFront(this IServiceCollection services, string[] worker)
    {
        services.AddOptions<CampaignOptions>().BindConfiguration("Campaign")
            .Validate(campaign => campaign is { Posts: > 0 and <= 1_000_000, AtOnce: > 0 and <= 5_000 },
                "Campaign: Posts must be 1 to 1,000,000, and AtOnce 1 to 5,000.")
            .ValidateOnStart();
        services.AddOptions<WorkerOptions>().BindConfiguration("Worker")
            .Validate(options => options.RestartAfter >= TimeSpan.Zero, "Worker: RestartAfter must not be negative.")
            .ValidateOnStart();
        services.AddSingleton(new WorkerCommand(worker));
        services.AddSingleton<WorkerSlot>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerSlot>());
        services.AddSingleton<Counter>();
        services.AddSingleton<OwnAddress>();
        services.AddSingleton<Campaigns>();
        services.AddSingleton<LiveFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveFeed>());
    }

    /// <summary>Registers the backlog in Kafka for the counter, if posts go through Kafka.</summary>
    public static void AddKafkaBacklog(this WebApplicationBuilder builder)
    {
        if (KafkaChoice.Of(builder.Configuration) is { Servers: { } servers })
        {
            var kafka = new KafkaIntakeOptions();
            builder.Configuration.GetSection(KafkaChoice.Section).Bind(kafka);
            builder.Services.AddSingleton(provider =>
                new KafkaBacklog(servers, kafka.Topic, kafka.Client, provider.GetRequiredService<IJobStore>()));
        }
    }
}
