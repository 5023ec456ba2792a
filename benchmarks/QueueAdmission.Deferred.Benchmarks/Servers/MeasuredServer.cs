using System.Net;
using Hangfire;
using Hangfire.PostgreSql;
using QueueAdmission.Crash.Campaign;
using Wolverine;
using Wolverine.Postgresql;

namespace QueueAdmission.Deferred.Benchmarks.Servers;

/// <summary>
/// The server process: Kestrel with one endpoint, which stores the posts in the way that is measured.
/// </summary>
internal static class MeasuredServer
{
    private const string Queue = "posts";

    public static async Task RunAsync(string subject, string address)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var map = Add(builder, subject, address);
        var app = builder.Build();
        map(app);
        app.MapGet("/state", (IServiceProvider services) => ServerState.ReadAsync(services));
        app.MapPost("/run", (IConfiguration configuration) =>
        {
            configuration[RunSetting] = "true";
            ((IConfigurationRoot)configuration).Reload();
        });
        await app.StartAsync();
        Console.WriteLine(app.Urls.Select(url => new Uri(url)).First().Port);
        // The input ends when the parent process closes it or exits.
        await Console.In.ReadToEndAsync();
        Environment.Exit(0);
    }

    private static string RunSetting => $"QueuedAdmission:Queues:{Queue}:Deferred:Run";

    private static Action<WebApplication> Add(WebApplicationBuilder builder, string subject, string address)
    {
        switch (subject)
        {
            case "ours-sqlite" or "ours-sqlite-runs":
                return AddOurs(
                    builder,
                    runs: subject.EndsWith("-runs", StringComparison.Ordinal),
                    jobs => jobs.UseSqlite($"Data Source={address}"));
            case "ours-postgres":
                return AddOurs(builder, runs: false, jobs => jobs.UsePostgreSql(address));
            case "ours-kafka":
                var parts = address.Split('|');
                return AddOurs(builder, runs: false, jobs => jobs.UsePostgreSql(parts[2]).UseKafka(parts[0], kafka =>
                {
                    kafka.Topic = parts[1];
                    KafkaServer.Configure(kafka.Client, kafka.Producer);
                }));
            case "wolverine":
                builder.Host.UseWolverine(options =>
                {
                    options.PersistMessagesWithPostgresql(address);
                    options.Policies.UseDurableLocalQueues();
                    options.Durability.Mode = DurabilityMode.Solo;
                    options.Discovery.DisableConventionalDiscovery().IncludeType(typeof(PostHandler));
                });
                return app => app.MapPost("/posts", async (Post post, IMessageBus bus) =>
                {
                    await bus.PublishAsync(post);
                    return Results.Accepted();
                });
            case "hangfire":
                // Hangfire's calls are synchronous. With the default minimum, the pool sometimes lacks threads for
                // seconds.
                ThreadPool.SetMinThreads(256, 256);
                builder.Services.AddHangfire(hangfire =>
                    hangfire.UsePostgreSqlStorage(storage => storage.UseNpgsqlConnection(address)));
                return app => app.MapPost("/posts", (Post post, IBackgroundJobClient jobs) =>
                {
                    jobs.Enqueue(() => PostHandlers.Run(post));
                    return Results.Accepted();
                });
            default:
                throw new ArgumentException($"Unknown: {subject}.", nameof(subject));
        }
    }

    private static Action<WebApplication> AddOurs(
        WebApplicationBuilder builder, bool runs, Action<IDeferredJobsBuilder> use)
    {
        builder.Configuration.AddInMemoryCollection(
        [
            new($"QueuedAdmission:Queues:{Queue}:Workers", "8"),
            new($"QueuedAdmission:Queues:{Queue}:Deferred:MaxWaiting", "10000000"),
            new(RunSetting, $"{runs}"),
        ]);
        builder.Services.AddQueuedAdmission().AddDeferredJobs(use);
        return app =>
        {
            app.UseQueuedAdmission();
            app.MapPost("/posts", PostHandlers.Publish).WithQueue(Queue).Defer();
            app.MapDeferredJobs("/jobs");
        };
    }
}
