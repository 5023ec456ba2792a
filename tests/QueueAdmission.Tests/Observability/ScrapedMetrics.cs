using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using QueueAdmission.Doubles;

namespace QueueAdmission.Observability;

/// <summary>
/// The metrics that Prometheus scrapes from an application with the OpenTelemetry exporter, after every instrument has
/// reported a value.
/// </summary>
internal sealed partial class ScrapedMetrics
{
    private ScrapedMetrics(string text)
    {
        Text = text;
        Metrics = Series().Matches(text).Select(match => match.Groups[1].Value).ToHashSet();
        Labels = Label().Matches(text).Select(match => match.Groups[1].Value).ToHashSet();
    }

    public string Text { get; }

    public IReadOnlySet<string> Metrics { get; }

    public IReadOnlySet<string> Labels { get; }

    public static async Task<ScrapedMetrics> TakeAsync()
    {
        await using var app = await TestApp.StartAsync(
            "Queues:checkout:Workers=1 Queues:checkout:PartitionCapacity=1 Queues:checkout:PartitionMetrics=true " +
                "Queues:trial:DryRun=true",
            app =>
            {
                app.UseRouting();
                app.UseQueuedAdmission();
                app.MapPrometheusScrapingEndpoint();
            },
            services =>
                services.AddOpenTelemetry().WithMetrics(
                    metrics =>
                        metrics.AddMeter("QueueAdmission").AddPrometheusExporter(
                            options => options.ScrapeResponseCacheDurationMilliseconds = 0)));
        var queue = app.Queue("checkout");
        var running = queue.TryEnter();
        var waiting = queue.EnterAsync(TestContext.Current.CancellationToken);
        running.Dispose();
        (await waiting).Dispose();
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        queue.TryEnter();
        var late = queue.EnterAsync(TestContext.Current.CancellationToken);
        app.Clock.Advance(TimeSpan.FromSeconds(10));
        await late;
        app.Reload("Queues:checkout:Workers=2 Queues:trial:DryRun=true");
        return new ScrapedMetrics(await app.GetStringAsync("/metrics"));
    }

    [GeneratedRegex(@"^(queue_admission_[a-z_]+)(?=[{ ])", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex(@"[{,](queue_admission_[a-z_]+)=")]
    private static partial Regex Label();
}
