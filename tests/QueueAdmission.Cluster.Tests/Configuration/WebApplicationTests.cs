using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Cluster.Driver;
using QueueAdmission.Testing;

namespace QueueAdmission.Cluster.Configuration;

/// <summary>Tests web applications that set ClusterWorkers in appsettings or in code.</summary>
public sealed class WebApplicationTests
{
    private readonly InMemoryLeaseStore _server = new();

    [Fact]
    public async Task ClusterWorkers_InAppsettings_BoundTheQueueAndAreLive()
    {
        var settings = new ChangingSettings(
            ("QueuedAdmission:Cluster:Name", "shop"),
            ("QueuedAdmission:Cluster:LeaseDuration", "00:00:01"),
            ("QueuedAdmission:Queues:checkout:ClusterWorkers", "3"),
            ("QueuedAdmission:Queues:checkout:ClusterFallback", "stop"));
        await using var app = await StartAsync(settings, c => c.UseStore(_ => _server.Open()));
        var cluster = app.Services.GetRequiredService<ICluster>();
        await Eventually.HoldsAsync(() => Assert.Single(cluster.GetQueues()).Held == 3);
        Assert.Equal("shop", Assert.Single(cluster.GetQueues()).Cluster);
        Assert.Equal("True", await app.GetTestClient().GetStringAsync("/", TestContext.Current.CancellationToken));

        settings.Set("QueuedAdmission:Queues:checkout:ClusterWorkers", "5");

        await Eventually.HoldsAsync(() => Assert.Single(cluster.GetQueues()).Held == 5);
    }

    [Fact]
    public async Task ClusterWorkers_WithoutACluster_StartSaysWhatToWrite()
    {
        var settings = new ChangingSettings(("QueuedAdmission:Queues:checkout:ClusterWorkers", "3"));

        var exception = await Assert.ThrowsAnyAsync<Exception>(async () => await StartAsync(settings, cluster: null));

        Assert.Contains(
            "QueuedAdmission:Queues:checkout:ClusterWorkers needs a store",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Contains("AddCluster(c => c.UseRedis(connectionString))", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClusterWorkers_InCodeWithoutACluster_StartNamesTheQueueAndSaysWhatToWrite(bool isForRequests)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        if (isForRequests)
        {
            builder.Services.AddQueuedAdmission(
                o => o.AddQueue("checkout", queue => queue.Set(ClusterSettings.ClusterWorkers, 3)));
        }
        else
        {
            builder.Services.AddJobQueue("checkout", queue => queue.Set(ClusterSettings.ClusterWorkers, 3));
        }
        await using var app = builder.Build();

        var exception = await Assert.ThrowsAnyAsync<Exception>(
            () => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Matches(
            "(ClusterWorkers in code for checkout|Queue 'checkout': ClusterWorkers in code) needs a store",
            exception.Message);
        Assert.Contains("AddCluster(c => c.UseRedis(connectionString))", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClusterWorkers_WithoutAStore_StartSaysWhatToWrite()
    {
        var settings = new ChangingSettings(("QueuedAdmission:Queues:checkout:ClusterWorkers", "3"));

        var exception = await Assert.ThrowsAnyAsync<Exception>(async () => await StartAsync(settings, _ => { }));

        Assert.Contains("AddCluster(c => c.UseRedis(connectionString))", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LeaseDuration", "3")]
    [InlineData("LeaseDuration", "00:05:00")]
    [InlineData("Naem", "shop")]
    public async Task Cluster_SectionIsWrong_StartNamesTheKey(string key, string value)
    {
        var settings = new ChangingSettings(($"QueuedAdmission:Cluster:{key}", value));

        var exception = await Assert.ThrowsAnyAsync<Exception>(
            async () => await StartAsync(settings, c => c.UseStore(_ => _server.Open())));

        Assert.Contains($"QueuedAdmission:Cluster:{key}", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(ChangingSettings settings, Action<IClusterBuilder>? cluster)
    {
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = "Shop", EnvironmentName = "Production" });
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        ((IConfigurationBuilder)builder.Configuration).Add(settings);
        var queues = builder.Services.AddQueuedAdmission();
        if (cluster is not null)
            queues.AddCluster(cluster);
        var app = builder.Build();
        app.UseRouting();
        app.UseQueuedAdmission();
        app.MapGet("/", (HttpContext context) =>
            context.Features.Get<IQueueFeature>()!.LeaseLost.CanBeCanceled.ToString()).WithQueue("checkout");
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private sealed class ChangingSettings : ConfigurationProvider, IConfigurationSource
    {
        public ChangingSettings(params (string Key, string Value)[] values)
        {
            foreach (var (key, text) in values)
            {
                base.Set(key, text);
            }
        }

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override void Set(string key, string? value)
        {
            base.Set(key, value);
            OnReload();
        }
    }
}
