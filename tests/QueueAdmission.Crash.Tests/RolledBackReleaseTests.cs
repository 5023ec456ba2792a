using Microsoft.Data.Sqlite;
using Npgsql;
using QueueAdmission.Cluster.Benchmarks.Servers;
using QueueAdmission.Crash.Campaign;

namespace QueueAdmission.Crash;

/// <summary>
/// A newer release has migrated the store, and the application is rolled back to this release. It either runs, or
/// refuses to start and gives the reason. The tests make the changes of the newer release by hand.
/// </summary>
public class RolledBackReleaseTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_SqliteFileOfANewerRelease_IsRefusedWithTheReasonAndTheJobIsKept()
    {
        using var folder = new DemoFolder();
        await LeaveAJobAsync(UseSqlite);
        Change(
            "ALTER TABLE queueadmission_jobs ADD COLUMN note TEXT; "
            + "UPDATE queueadmission_job_store SET version = version + 1");

        await AssertRefusedAsync(UseSqlite);

        Change(
            "ALTER TABLE queueadmission_jobs DROP COLUMN note; "
            + "UPDATE queueadmission_job_store SET version = version - 1");
        await AssertRunsAsync(UseSqlite);

        void UseSqlite(IDeferredJobsBuilder jobs) => jobs.UseSqlite($"Data Source={folder.Jobs}");

        void Change(string text)
        {
            using var connection = new SqliteConnection($"Data Source={folder.Jobs};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = text;
            command.ExecuteNonQuery();
        }
    }

    [Fact]
    public async Task Start_PostgreSqlSchemaOfANewerRelease_RunsUnlessThatReleaseExcludesThisOne()
    {
        Assert.SkipWhen(PostCluster.Missing is not null, PostCluster.Missing ?? "");
        using var folder = new DemoFolder(isPublic: true);
        using var server = new PostgresServer(Path.Combine(folder.Path, "server"));
        await LeaveAJobAsync(UsePostgreSql);
        Change("ALTER TABLE queue_admission.job_kept ADD COLUMN note text");
        Change("UPDATE queue_admission.job_store SET version = version + 1");

        await AssertRunsAsync(UsePostgreSql);

        await LeaveAJobAsync(UsePostgreSql);
        Change("UPDATE queue_admission.job_store SET oldest = version");
        await AssertRefusedAsync(UsePostgreSql);

        Change("UPDATE queue_admission.job_store SET oldest = 1");
        await AssertRunsAsync(UsePostgreSql);

        void UsePostgreSql(IDeferredJobsBuilder jobs) => jobs.UsePostgreSql(server.ConnectionString);

        void Change(string text)
        {
            using var connection = new NpgsqlConnection($"{server.ConnectionString};Pooling=false");
            connection.Open();
            using var command = new NpgsqlCommand(text, connection);
            Assert.NotEqual(0, command.ExecuteNonQuery());
        }
    }

    /// <summary>Accepts a job that no node runs.</summary>
    private static async Task LeaveAJobAsync(Action<IDeferredJobsBuilder> useStore)
    {
        await using var app = NewApp(useStore, runs: false);
        await app.StartAsync(Cancelled);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var answer = await client.PostAsync(new Uri("/posts", UriKind.Relative), content: null, Cancelled);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
        await app.StopAsync(Cancelled);
    }

    private static async Task AssertRefusedAsync(Action<IDeferredJobsBuilder> useStore)
    {
        await using var app = NewApp(useStore, runs: true);

        var exception = await Assert.ThrowsAsync<JobStoreException>(() => app.StartAsync(Cancelled));

        Assert.Equal(JobStoreProblem.Unusable, exception.Problem);
        Assert.Contains("newer release", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Update the application", exception.Message, StringComparison.Ordinal);
    }

    private static async Task AssertRunsAsync(Action<IDeferredJobsBuilder> useStore)
    {
        await using var app = NewApp(useStore, runs: true);
        await app.StartAsync(Cancelled);
        var jobs = app.Services.GetRequiredService<IDeferredJobs>();

        await jobs.RunAllAsync(Cancelled);

        var queue = Assert.Single(await jobs.ReadQueuesAsync());
        Assert.Equal((queue.Accepted, 0, 0, 0), (queue.Done, queue.Waiting, queue.Running, queue.Dead));
        await app.StopAsync(Cancelled);
    }

    private static WebApplication NewApp(Action<IDeferredJobsBuilder> useStore, bool runs)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["QueuedAdmission:Queues:posts:Deferred:Run"] = $"{runs}";
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddQueuedAdmission(static options => options.AddQueue("posts")).AddDeferredJobs(useStore);
        var app = builder.Build();
        app.UseQueuedAdmission();
        app.MapPost("/posts", () => "published").WithQueue("posts").Defer();
        app.MapDeferredJobs("/jobs");
        return app;
    }
}
