using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission;

/// <summary>Verifies pipelines that are built without a host.</summary>
public sealed class BareBuilderTests
{
    [Fact]
    public void Build_WithoutAnyServices_SaysWhatIsMissing()
    {
        var message = Fail(_ => { });

        Assert.Contains("services.AddRouting()", message, StringComparison.Ordinal);
        Assert.Contains("services.AddQueuedAdmission()", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_WithoutQueues_SaysWhatIsMissing()
    {
        var message = Fail(services => services.AddLogging().AddRouting());

        Assert.DoesNotContain("services.AddRouting()", message, StringComparison.Ordinal);
        Assert.Contains("services.AddQueuedAdmission()", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_WithoutRouting_SaysWhatIsMissing()
    {
        var message = Fail(services => services.AddQueuedAdmission());

        Assert.Contains("services.AddRouting()", message, StringComparison.Ordinal);
        Assert.DoesNotContain("services.AddQueuedAdmission()", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_WithRoutingAndQueues_Queues()
    {
        await using var services = new ServiceCollection()
            .AddLogging().AddRouting().AddQueuedAdmission(options => options.AddQueue("q")).Services
            .AddSingleton(new System.Diagnostics.DiagnosticListener("bare"))
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        string? queue = null;
        app.UseRouting();
        app.UseQueuedAdmission();
        app.UseEndpoints(endpoints => endpoints.MapGet("/", context =>
        {
            queue = QueueReport.Of(context);
            return Task.CompletedTask;
        }).WithQueue("q"));
        var pipeline = app.Build();

        var context = new DefaultHttpContext { RequestServices = services, Request = { Method = "GET", Path = "/" } };
        await pipeline(context);

        Assert.Equal("q", queue);
    }

    private static string Fail(Action<IServiceCollection> add)
    {
        var collection = new ServiceCollection();
        add(collection);
        using var services = collection.BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        app.UseQueuedAdmission();
        return Assert.Throws<InvalidOperationException>(app.Build).Message;
    }
}
