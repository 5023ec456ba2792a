using Microsoft.Extensions.Options;

namespace PostDemo;

/// <summary>
/// The parts that both processes share: the queue, the store of the jobs, the target, and the endpoint.
/// </summary>
internal static class Publishing
{
    /// <param name="builder">The application.</param>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="imports">With Kafka: whether this process imports posts from Kafka into the store.</param>
    public static void AddPublishing(this WebApplicationBuilder builder, string folder, bool imports)
    {
        var (services, jobs) = (builder.Services, Path.Combine(folder, "jobs.db"));
        services.AddQueuedAdmission().AddDeferredJobs(deferred =>
        {
            deferred.UseSqlite(
                $"Data Source={jobs}",
                store => store.MinFreeDiskSpace = builder.Configuration.GetValue(
                    "Store:MinFreeDiskSpace", store.MinFreeDiskSpace));
            if (KafkaChoice.Of(builder.Configuration) is { Servers: { } servers })
            {
                deferred.UseKafka(servers, kafka =>
                {
                    builder.Configuration.GetSection(KafkaChoice.Section).Bind(kafka);
                    kafka.Import = imports;
                });
            }
        });
        services.AddSingleton(TimeProvider.System);
        services.AddOptions<PostOptions>().BindConfiguration("Posts")
            .Validate(post => post.ReviewTime >= TimeSpan.Zero && post.ReviewTime <= TimeSpan.FromMinutes(1)
                && post is { FailOneOf: >= 0, Synchronous: "FULL" or "NORMAL" },
                "Posts: ReviewTime must be 00:00:00 to 00:01:00, FailOneOf 0 or more, and Synchronous FULL or NORMAL.")
            .ValidateOnStart();
        services.AddSingleton(provider => new PostTable(
            Path.Combine(folder, "posts.db"), provider.GetRequiredService<IOptions<PostOptions>>().Value.Synchronous));
        services.AddSingleton<Publisher>();
    }

    public static void MapPublishing(this WebApplication app)
    {
        app.UseQueuedAdmission();
        app.MapPost("/posts", (NewPost post, HttpContext context, Publisher publisher) =>
                publisher.PublishAsync(post, context))
            .AddEndpointFilter(NewPost.CheckAsync)
            .WithQueue("posts")
            .Defer();
        app.MapGet("/posts/{id:guid}", (Guid id, Publisher publisher) => publisher.Find(id));
        app.MapDeferredJobs("/jobs");
    }
}
