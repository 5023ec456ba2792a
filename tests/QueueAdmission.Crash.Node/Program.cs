using Npgsql;
using QueueAdmission;
using QueueAdmission.Crash.Node;

// One of several nodes that accept posts and run them. The jobs are stored in PostgreSQL. If Kafka brokers are given,
// Kafka accepts the jobs first. Tests and benchmarks kill this process.
var builder = WebApplication.CreateBuilder(args);
var address = builder.Configuration["Store"] ?? throw new InvalidOperationException("--Store is missing: the server.");
var brokers = builder.Configuration["Kafka:Brokers"];
builder.Services.AddQueuedAdmission().AddDeferredJobs(jobs =>
{
    jobs.UsePostgreSql(address);
    if (brokers is not null)
        jobs.UseKafka(brokers, kafka => builder.Configuration.GetSection("Kafka").Bind(kafka));
});
builder.Services.AddSingleton(NpgsqlDataSource.Create(address));
builder.Services.Configure<PostOptions>(builder.Configuration.GetSection("Posts"));
builder.Services.AddSingleton<Publisher>();

var app = builder.Build();
app.UseQueuedAdmission();
app.MapPost("/posts", (NewPost post, HttpContext context, Publisher publisher) => publisher.PublishAsync(post, context))
    .WithQueue("posts")
    .Defer();
app.MapDeferredJobs("/jobs");
// Answers when this node has no more jobs and no job is due.
app.MapGet("/idle", (IDeferredJobs jobs, CancellationToken cancelled) => jobs.RunAllAsync(cancelled));
app.Run();
