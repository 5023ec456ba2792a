using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QueueAdmission.Configuration;

namespace QueueAdmission;

/// <summary>
/// Verifies applications that share objects with a longer lifetime: the lifetime of a host, its configuration, or its
/// meters.
/// </summary>
public sealed class RegistryLifetimeTests : IDisposable
{
    private readonly EditableConfiguration _source = new("""{ "QueuedAdmission": { "Queues": { "shared": {} } } }""");
    private readonly IConfigurationRoot _configuration;
    private readonly ServiceProvider _root = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly HostLifetime _lifetime = new();
    private readonly DiagnosticListener _listener = new(nameof(RegistryLifetimeTests));

    public RegistryLifetimeTests() => _configuration = new ConfigurationBuilder().Add(_source).Build();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tenants_OfOneHost_HaveQueuesOfTheirOwn(bool withAdd)
    {
        await using var first = Tenant(withAdd);
        await using var second = Tenant(withAdd);

        var (one, other) = (JobQueueRegistry.For(first), JobQueueRegistry.For(second));

        Assert.NotSame(one, other);
        Assert.NotSame(one.Find("shared")!.Queue, other.Find("shared")!.Queue);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Registry_OfOneContainer_IsTheSameFromEveryScope(bool withAdd)
    {
        await using var tenant = Tenant(withAdd);
        await using var scope = tenant.CreateAsyncScope();

        Assert.Same(JobQueueRegistry.For(tenant), JobQueueRegistry.For(scope.ServiceProvider));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tenant_HostStops_RefusesItsRequests(bool withAdd)
    {
        await using var tenant = Tenant(withAdd);
        var queue = JobQueueRegistry.For(tenant).Find("shared")!.Queue;

        _lifetime.Stop();

        Assert.Equal(JobQueueState.Draining, queue.GetSnapshot().State);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Tenant_Disposed_IsCollectedAndNothingOfItIsCalled(bool withAdd, bool withPipeline)
    {
        var tenant = await UseTenantAsync(withAdd, withPipeline);

        await CollectAsync(tenant);

        _source.Touch();
        _lifetime.Stop();
    }

    /// <summary>A disposed registry leaves nothing registered with longer-lived objects.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tenant_Collected_HasNothingRegistered(bool withAdd)
    {
        await CollectAsync(await UseTenantAsync(withAdd, withPipeline: false));

        await Doubles.Eventually.TrueAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return _lifetime.Registrations == 0;
        });
    }

    [Fact]
    public async Task Pipelines_ThatAreGone_DoNotCount()
    {
        await using var tenant = Tenant(withAdd: true);
        var registry = tenant.GetRequiredService<JobQueueRegistry>();
        var living = BuildPipeline(tenant);
        Assert.False(registry.Pipelines.AreSeveral);
        CountAnother(registry);

        await Doubles.Eventually.TrueAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !registry.Pipelines.AreSeveral;
        });

        GC.KeepAlive(living);
    }

    public void Dispose()
    {
        _root.Dispose();
        _lifetime.Dispose();
        _listener.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CountAnother(JobQueueRegistry registry)
    {
        var middleware = new object();
        registry.Pipelines.Add(middleware);
        Assert.True(registry.Pipelines.AreSeveral);
        GC.KeepAlive(middleware);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> UseTenantAsync(bool withAdd, bool withPipeline)
    {
        await using var tenant = Tenant(withAdd);
        var registry = JobQueueRegistry.For(tenant);
        if (withPipeline)
            _ = BuildPipeline(tenant);
        var queue = registry.Find("shared")!;
        queue.Queue.TryEnter().Dispose();
        registry.Overrides.Set(queue, new WorkersTarget(), "3", TimeSpan.FromMinutes(5), "test");
        return new WeakReference(registry);
    }

    private static RequestDelegate BuildPipeline(IServiceProvider services)
    {
        var pipeline = new ApplicationBuilder(services);
        pipeline.UseRouting();
        pipeline.UseQueuedAdmission();
        pipeline.UseEndpoints(endpoints => endpoints.MapGet("/", () => "").WithQueue("shared"));
        return pipeline.Build();
    }

    private ServiceProvider Tenant(bool withAdd)
    {
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(_configuration)
            .AddSingleton<IHostApplicationLifetime>(_lifetime)
            .AddSingleton(_root.GetRequiredService<IMeterFactory>())
            .AddSingleton(_listener)
            .AddLogging()
            .AddRouting();
        if (withAdd)
            services.AddQueuedAdmission();
        return services.BuildServiceProvider();
    }

    private static async Task CollectAsync(WeakReference reference) => await Doubles.Eventually.TrueAsync(() =>
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return !reference.IsAlive;
    }, "It is still alive.");

    private sealed class HostLifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        /// <summary>
        /// The number of callbacks that are registered for the stop. The framework has no public way to read this
        /// number, so the test reads a private field.
        /// </summary>
        public int Registrations
        {
            get
            {
                var registrations =
                    typeof(CancellationTokenSource).GetField("_registrations", Private)!.GetValue(_stopping);
                var count = 0;
                var node = registrations?.GetType().GetField("Callbacks")!.GetValue(registrations);
                while (node is not null)
                {
                    count++;
                    node = node.GetType().GetField("Next")!.GetValue(node);
                }
                return count;
            }
        }

        private const System.Reflection.BindingFlags Private =
            System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic;

        public void Stop() => _stopping.Cancel();

        public void StopApplication() => Stop();

        public void Dispose() => _stopping.Dispose();
    }
}
