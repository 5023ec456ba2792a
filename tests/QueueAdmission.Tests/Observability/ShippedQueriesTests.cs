namespace QueueAdmission.Observability;

public sealed class ShippedQueriesTests
{
    [Fact]
    public async Task Names_InDashboardAndRules_AreThoseThatPrometheusGets()
    {
        var scraped = await ScrapedMetrics.TakeAsync();

        Assert.Empty(ShippedQueries.NamesIn(ShippedQueries.Rules).Except([.. scraped.Metrics, .. scraped.Labels]));
        Assert.Empty(ShippedQueries.NamesIn(ShippedQueries.Dashboard).Except([.. scraped.Metrics, .. scraped.Labels]));
    }

    [Fact]
    public async Task Dashboard_Metrics_AreAllThereAre()
    {
        var scraped = await ScrapedMetrics.TakeAsync();
        var shown = ShippedQueries.NamesIn(ShippedQueries.Dashboard);

        // One of the three series of a histogram is enough.
        Assert.DoesNotContain(scraped.Metrics, metric => !shown.Contains(metric) && !shown.Contains(ToBuckets(metric)));
    }

    [Fact]
    public void Dashboard_Panels_HaveIdsOfTheirOwnAndExplainThemselves()
    {
        var panels = ShippedQueries.Panels();

        Assert.Equal(panels.Count, panels.Select(panel => panel["id"]!.GetValue<int>()).Distinct().Count());
        Assert.All(panels, panel =>
        {
            Assert.EndsWith(".", panel["description"]!.GetValue<string>());
            Assert.NotEmpty(panel["targets"]!.AsArray());
        });
    }

    private static string ToBuckets(string metric) =>
        metric.Replace("_sum", "_bucket", StringComparison.Ordinal)
            .Replace("_count", "_bucket", StringComparison.Ordinal);
}
