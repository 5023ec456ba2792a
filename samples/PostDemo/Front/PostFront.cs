namespace PostDemo;

/// <summary>
/// The front accepts posts and answers at once. It starts the process that runs the posts, and starts it again when it
/// has ended.
/// </summary>
internal static class PostFront
{
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var builder = WebApplication.CreateBuilder(args);
            builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
            using var folder = new DemoFolder(builder.Configuration[DemoFolder.Name]);
            using var broker = KafkaChoice.Of(builder.Configuration) is { Servers: null } ? new MockBroker() : null;
            string[] found = broker is null ? [] : [KafkaChoice.BootstrapOption, broker.Servers];
            if (broker is not null)
                builder.Configuration[KafkaChoice.Bootstrap] = broker.Servers;
            // This process only accepts posts. The child process has the same settings except for this one.
            builder.Configuration.AddInMemoryCollection([new("QueuedAdmission:Queues:posts:Deferred:Run", "false")]);
            builder.AddPublishing(folder.Path, imports: false);
            builder.Services.AddPostFront(PostWorker.Arguments([.. args, .. found], folder.Path));
            builder.AddKafkaBacklog();
            // The application is disposed before the folder, because it has files of the folder open.
            await using var app = builder.Build();
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
        app.MapPublishing();

        // Endpoints for programs, as in the other demos.
        app.MapGet("/cache", (Counter counter) => counter.ReadAsync());
        app.MapPost("/kill", (WorkerSlot worker) => Results.Json(worker.Kill(out var status), statusCode: status));

        // The other endpoints that the page needs.
        app.MapPost(
            "/campaigns", (Campaigns campaigns) => campaigns.TryStart() ? Results.Accepted() : Results.Conflict());
        app.MapGet("/live", (LiveFeed feed, CancellationToken gone) =>
            TypedResults.ServerSentEvents(feed.WatchAsync(gone)));
    }
}
