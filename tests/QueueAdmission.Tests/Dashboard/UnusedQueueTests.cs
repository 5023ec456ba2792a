using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace QueueAdmission.Dashboard;

/// <summary>
/// Verifies that the queue <c>default</c>, which always exists, is shown and measured only if it is used.
/// </summary>
public class UnusedQueueTests
{
    [Fact]
    public async Task Default_NoEndpointNamesIt_IsNeitherShownNorMeasuredBeforeItsFirstJob()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowAnonymous(), services: services => services.AddMetrics());
        Assert.Equal(("line", "line"), await NamesAsync(app));

        app.Registry.Find("default")!.Queue.TryEnter().Dispose();

        Assert.Equal(("default line", "default line"), await NamesAsync(app));
    }

    [Fact]
    public async Task Default_EndpointNamesIt_IsShownAndMeasuredFromTheStart()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowAnonymous(),
            services: services => services.AddMetrics(),
            map: (web, _) => web.MapGet("/shop", () => "open").WithQueue());

        Assert.Equal(("default line", "default line"), await NamesAsync(app));
    }

    [Fact]
    public async Task Default_IsTheFallbackQueue_IsShownAndMeasuredFromTheStart()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowAnonymous(),
            services: services => services.AddMetrics(),
            settings: "FallbackQueue=default Queues:line:Workers=1",
            map: (web, _) => web.MapGet("/shop", () => "open"));

        Assert.Equal(("default line", "default line"), await NamesAsync(app));
    }

    private static async Task<(string Shown, string Measured)> NamesAsync(DashboardApp app)
    {
        using var running = new MetricCollector<int>(
            app.Services.GetRequiredService<IMeterFactory>(), "QueueAdmission", "queue_admission.job.running");
        running.RecordObservableInstruments();
        var queues = (await app.AskAsync("/queues")).Json.GetProperty("queues").EnumerateArray();
        return (
            string.Join(' ', queues.Select(queue => queue.GetProperty("name").GetString())),
            string.Join(' ', running.GetMeasurementSnapshot().Select(
                measured => measured.Tags["queue_admission.queue"])));
    }
}
