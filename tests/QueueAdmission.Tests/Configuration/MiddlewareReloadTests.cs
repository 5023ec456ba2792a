using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace QueueAdmission.Configuration;

/// <summary>
/// Verifies that the middleware alone, without any registration, reads configuration at startup and follows its
/// changes.
/// </summary>
public sealed class MiddlewareReloadTests : IAsyncDisposable
{
    private const string Checkout =
        """{ "QueuedAdmission": { "Queues": { "checkout": { "Workers": 1, "PartitionCapacity": 0 } } } }""";
    private readonly LogLines _log = new();
    private readonly TaskCompletionSource _finish = new();
    private WebApplication? _app;

    public async ValueTask DisposeAsync()
    {
        _finish.TrySetResult();
        if (_app is not null)
            await _app.DisposeAsync();
    }

    [Fact]
    public async Task Edit_MoreWorkers_AdmitsTheNextRequest()
    {
        var configuration = new EditableConfiguration(Checkout);
        var client = await StartAsync(configuration);
        var first = client.GetAsync("/wait", TestContext.Current.CancellationToken);
        await _log.NextAsync("Entered");
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable,
            (await client.GetAsync("/wait", TestContext.Current.CancellationToken)).StatusCode);

        configuration.Edit("""
            { "QueuedAdmission": { "Queues": { "checkout": {
                "Workers": 2, "RejectionStatusCode": 429, "PartitionCapacity": 0 } } } }
            """);

        await _log.NextAsync("QueueChanged");
        var second = client.GetAsync("/wait", TestContext.Current.CancellationToken);
        await _log.NextAsync("Entered");
        Assert.Equal(
            HttpStatusCode.TooManyRequests,
            (await client.GetAsync("/wait", TestContext.Current.CancellationToken)).StatusCode);
        _finish.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await second).StatusCode);
    }

    [Fact]
    public async Task Edit_RemovesTheQueueAnEndpointNames_IsRefused()
    {
        var configuration = new EditableConfiguration(Checkout);
        var client = await StartAsync(configuration);

        configuration.Edit("{}");

        Assert.Contains(
            "QueuedAdmission:Queues:checkout was removed",
            await _log.NextAsync("ReloadRefused"),
            StringComparison.Ordinal);
        _finish.SetResult();
        Assert.Equal(
            HttpStatusCode.OK, (await client.GetAsync("/wait", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Start_BadConfiguration_StopsTheApplication()
    {
        var configuration = new EditableConfiguration(
            """{ "QueueAdmission": {}, "QueuedAdmission": { "Queues": { "checkout": { "Workers": "x" } } } }""");

        var exception = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => StartAsync(configuration));

        Assert.Equal(2, exception.Failures.Count());
    }

    private async Task<HttpClient> StartAsync(EditableConfiguration configuration)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ((IConfigurationBuilder)builder.Configuration).Add(configuration);
        builder.WebHost.UseTestServer();
        builder.Services.AddRoutingCore();
        builder.Logging.AddProvider(_log).AddFilter(
            (category, _) => category?.StartsWith(nameof(QueueAdmission), StringComparison.Ordinal) ?? false);
        _app = builder.Build();
        _app.UseRouting();
        _app.UseQueuedAdmission();
        _app.MapGet("/wait", WaitAsync).WithQueue("checkout");
        await _app.StartAsync(TestContext.Current.CancellationToken);
        return _app.GetTestClient();
    }

    private async Task WaitAsync(HttpContext context)
    {
        _log.Log(LogLevel.Information, new EventId(1, "Entered"), context.Request.Path, null, static (path, _) => path);
        await _finish.Task;
    }
}
