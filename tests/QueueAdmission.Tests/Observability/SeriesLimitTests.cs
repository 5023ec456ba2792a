using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace QueueAdmission.Observability;

/// <summary>
/// Verifies the number of series. OpenTelemetry keeps 2,000 series per instrument, and adds up the others in one
/// overflow series.
/// </summary>
/// <remarks>
/// The tests do not run in parallel with others, because OpenTelemetry listens to the meters of the whole process.
/// </remarks>
[CollectionDefinition(nameof(SeriesLimitTests), DisableParallelization = true)]
[Collection(nameof(SeriesLimitTests))]
public sealed class SeriesLimitTests
{
    /// <summary>All settings that add rejection reasons are on.</summary>
    [Fact]
    public void Series_Of200KeyedQueues_AreAllKept() => AssertNoOverflow(200, options =>
        (options.PartitionByKey, options.MaxWorkersPerKey, options.OverloadControl, options.Order) =
            (true, 1, true, System.Threading.RateLimiting.QueueProcessingOrder.NewestFirst));

    [Fact]
    public void Series_Of200QueuesInDryRun_AreAllKept() => AssertNoOverflow(200, options => options.DryRun = true);

    [Fact]
    public void Series_Of350PlainQueues_AreAllKept() => AssertNoOverflow(350, _ => { });

    [Fact]
    public void Series_ByPartition_OfQueuesThatAskForThem_AreAllKept() => AssertNoOverflow(
        200, options =>
            (
                options.PartitionByKey,
                options.PartitionMetrics) = (true, options.Workers <= 30), expectedPartitions: 30 * 64);

    /// <summary>Verifies that the check detects an overflow.</summary>
    [Fact]
    public void Series_ByPartition_OfTooManyQueues_Overflow() =>
        Assert.True(
            Export(
                40,
                options =>
                    (
                        options.PartitionByKey,
                        options.PartitionMetrics) = (true, true))["queue_admission.partition.job.waiting"].Overflows);

    private static void AssertNoOverflow(int queues, Action<JobQueueOptions> configure, int expectedPartitions = 0)
    {
        var counts = Export(queues, configure);

        Assert.DoesNotContain(counts, count => count.Value.Overflows);
        Assert.Equal(queues, counts["queue_admission.job.running"].Series);
        Assert.Equal(expectedPartitions, counts.GetValueOrDefault("queue_admission.partition.job.waiting").Series);
    }

    /// <returns>For each instrument, the number of series of these queues, and whether there is an overflow.</returns>
    private static Dictionary<string, (int Series, bool Overflows)> Export(
        int queues, Action<JobQueueOptions> configure)
    {
        var metrics = new List<Metric>();
        using var meters =
            Sdk.CreateMeterProviderBuilder().AddMeter(QueueMetrics.MeterName).AddInMemoryExporter(metrics).Build();
        var services = new ServiceCollection().AddMetrics();
        for (var i = 1; i <= queues; i++)
        {
            var number = i;
            services.AddJobQueue($"queue-{number}", options =>
            {
                options.Workers = number;
                configure(options);
            });
        }
        using var provider = services.BuildServiceProvider();
        for (var i = 1; i <= queues; i++)
            Use(provider.GetRequiredKeyedService<JobQueue>($"queue-{i}"));

        Assert.True(meters.ForceFlush());

        // The series are read from OpenTelemetry's storage, which exists only while the queues and the provider are
        // alive.
        return metrics.GroupBy(metric => metric.Name).ToDictionary(
            same => same.Key,
            same => (same.Sum(metric => Points(metric).Count(IsOurs)), same.SelectMany(Points).Any(IsOverflow)));
    }

    /// <summary>
    /// Produces a wait that ends with a worker, and an abandoned wait. The histograms then have values as well.
    /// </summary>
    private static void Use(JobQueue queue)
    {
        using var leaving = new CancellationTokenSource();
        queue.Pause();
        var granted = queue.EnterAsync(CancellationToken.None).AsTask();
        var left = queue.EnterAsync(leaving.Token).AsTask();
        leaving.Cancel();
        queue.Resume();
        Task.WaitAny([granted], TestContext.Current.CancellationToken);
        granted.Result.Dispose();
        Task.WaitAny([left], TestContext.Current.CancellationToken);
    }

    private static bool IsOverflow(MetricPoint point) => Tags(point).Any(tag => tag.Key == "otel.metric.overflow");

    private static bool IsOurs(MetricPoint point) =>
        Tags(point).Any(tag => tag.Value is string queue && queue.StartsWith("queue-", StringComparison.Ordinal));

    private static List<KeyValuePair<string, object?>> Tags(MetricPoint point)
    {
        var tags = new List<KeyValuePair<string, object?>>();
        foreach (var tag in point.Tags)
            tags.Add(tag);
        return tags;
    }

    private static List<MetricPoint> Points(Metric metric)
    {
        var points = new List<MetricPoint>();
        foreach (ref readonly var point in metric.GetMetricPoints())
            points.Add(point);
        return points;
    }
}
