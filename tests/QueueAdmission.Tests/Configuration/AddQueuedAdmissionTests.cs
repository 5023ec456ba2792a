using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Configuration;

public sealed class AddQueuedAdmissionTests
{
    private const string Checkout = """{ "QueuedAdmission": { "Queues": { "checkout": { "Workers": 8 } } } }""";

    [Theory]
    [InlineData("checkout")]
    [InlineData("CHECKOUT")]
    [InlineData("code")]
    [InlineData("default")]
    public async Task Inject_KnownQueue_IsTheRegistrysQueue(string key)
    {
        await using var host = await QueueHost.StartAsync(new EditableConfiguration(Checkout), o => o.AddQueue("code"));

        Assert.Same(host.Registry.Find(key)!.Queue, host.Services.GetRequiredKeyedService<JobQueue>(key));
    }

    [Fact]
    public async Task Builder_OfAnyCall_AddsQueuesOfBothKinds()
    {
        var collection = new ServiceCollection();

        var builder = collection.AddJobQueue("mail")
            .AddQueuedAdmission(o => o.AddQueue("web"))
            .AddJobQueue("batch", o => o.Workers = 3);

        Assert.Same(collection, builder.Services);
        Assert.Throws<ArgumentNullException>(() => ((IQueueAdmissionBuilder)null!).AddQueuedAdmission());
        await using var services = collection.BuildServiceProvider();
        Assert.Equal("web", services.GetRequiredKeyedService<JobQueue>("web").Name);
        Assert.Equal(3, services.GetRequiredKeyedService<JobQueue>("batch").GetSnapshot().Settings.Workers);
    }

    [Fact]
    public async Task Inject_WithoutKey_IsTheQueueDefault()
    {
        await using var host = await QueueHost.StartAsync(new EditableConfiguration());

        Assert.Same(host.Registry.Find("default")!.Queue, host.Services.GetRequiredService<JobQueue>());
    }

    [Fact]
    public async Task Inject_QueueAddedLive_IsThatQueue()
    {
        var configuration = new EditableConfiguration();
        await using var host = await QueueHost.StartAsync(configuration);
        Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredKeyedService<JobQueue>("checkout"));

        configuration.Edit(Checkout);

        Assert.Equal(8, host.Services.GetRequiredKeyedService<JobQueue>("checkout").GetSnapshot().Settings.Workers);
    }

    [Fact]
    public async Task Inject_UnknownQueue_ListsTheKnownOnes()
    {
        await using var host = await QueueHost.StartAsync(new EditableConfiguration(Checkout));

        var exception =
            Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredKeyedService<JobQueue>("chekout"));
        Assert.StartsWith(
            "There is no queue 'chekout' to inject. There are: default, checkout.",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inject_QueueRegisteredByItsOwnKey_IsThatOne()
    {
        var services = new ServiceCollection();
        services.AddJobQueue("batch");
        services.AddQueuedAdmission();
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("batch", provider.GetRequiredKeyedService<JobQueue>("batch").Name);
        Assert.False(provider.GetRequiredService<JobQueueRegistry>().TryGet("batch", out _));
    }

    [Fact]
    public async Task Inject_AnyKey_ListsNothingItDoesNotOwn()
    {
        await using var host = await QueueHost.StartAsync(new EditableConfiguration(Checkout));

        Assert.Empty(host.Services.GetKeyedServices<JobQueue>(KeyedService.AnyKey));
    }

    [Fact]
    public async Task Add_SeveralTimes_AddsUp()
    {
        var services = new ServiceCollection();
        services.AddQueuedAdmission(o => o.AddQueue("a", a => a.Workers = 1));
        services.AddQueuedAdmission(o => o.AddQueue("A", a => a.Partitions = 2).AddQueue("b"));
        services.AddQueuedAdmission();
        await using var provider = services.BuildServiceProvider();

        var registry = provider.GetRequiredService<JobQueueRegistry>();
        Assert.Equal(["default", "a", "b"], registry.Select(queue => queue.Name));
        Assert.Equal(
            (1, 2), (registry.Find("a")!.Settings.Engine.Workers, registry.Find("a")!.Settings.Engine.Partitions));
    }

    [Fact]
    public async Task Add_WithTimeProvider_IsTheQueuesClock()
    {
        var time = new FakeTimeProvider();
        await using var provider = new ServiceCollection().AddSingleton<TimeProvider>(time).AddQueuedAdmission()
            .Services.BuildServiceProvider();

        Assert.Same(time, provider.GetRequiredService<JobQueue>().Time);
    }

    [Fact]
    public async Task Dispose_Provider_DisposesTheQueues()
    {
        var provider = new ServiceCollection().AddQueuedAdmission(o => o.AddQueue("a").AddQueue("b"))
            .Services.BuildServiceProvider();
        var queues = provider.GetRequiredService<JobQueueRegistry>().ToList();
        provider.GetRequiredKeyedService<JobQueue>("a");

        await provider.DisposeAsync();

        Assert.All(queues, queue => Assert.Equal(JobQueueState.Disposed, queue.GetSnapshot().State));
    }

    [Fact]
    public async Task Start_BadSettings_FailsWithEveryMistakeThoughNothingUsesTheQueues()
    {
        var configuration = new EditableConfiguration(
            """{ "QueuedAdmission": { "Queues": { "a": { "Workers": 0 }, "b": { "Worker": 1 } } } }""");

        var exception =
            await Assert.ThrowsAnyAsync<OptionsValidationException>(() => QueueHost.StartAsync(configuration));

        Assert.Equal(2, exception.Failures.Count());
        Assert.Contains(
            $"{Environment.NewLine}  - QueuedAdmission:Queues:a:Workers is 0; allowed: 1 to 100,000.",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Contains("did you mean Workers?", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_HostWithoutAdd_HasOneRegistryPerHostFromItsConfiguration()
    {
        await using var first = WebHost("QueuedAdmission:Queues:one:Workers");
        await using var second = WebHost("QueuedAdmission:Queues:two:Workers");

        var registry = JobQueueRegistry.For(first.Services);
        Assert.Same(registry, JobQueueRegistry.For(first.Services));
        Assert.Equal(["default", "one"], registry.Select(queue => queue.Name));
        Assert.Equal(["default", "two"], JobQueueRegistry.For(second.Services).Select(queue => queue.Name));
    }

    [Fact]
    public async Task For_HostWithAdd_IsTheInjectedRegistry()
    {
        await using var host = await QueueHost.StartAsync(new EditableConfiguration());

        Assert.Same(host.Registry, JobQueueRegistry.For(host.Services));
    }

    private static WebApplication WebHost(string workersKey)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Configuration[workersKey] = "1";
        return builder.Build();
    }
}
