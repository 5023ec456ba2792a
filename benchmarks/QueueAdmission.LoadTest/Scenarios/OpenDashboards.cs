using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Report;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Scenarios;

/// <summary>Measures what open dashboards cost the server, both idle and under load.</summary>
internal static class OpenDashboards
{
    private static readonly int[] Pages = [0, 1, 100];

    private static readonly double[] Loads = [0, 0.5];

    private sealed record Cost(int Pages, double Load, double Cores, double BytesPerSecond);

    public static async Task RunAsync(Setup setup, Progress progress, Results results)
    {
        progress.Begin("open dashboards", setup.Rounds * Loads.Length * Pages.Length);
        var costs = new List<Cost>();
        for (var round = 0; round < setup.Rounds; round++)
        {
            var capacity = await setup.MeasureCapacityAsync();
            foreach (var load in Loads)
            {
                foreach (var pages in round % 2 == 0 ? Pages : Pages.Reverse())
                {
                    progress.Step($"{pages} pages, {load} × capacity");
                    costs.Add(await MeasureAsync(setup, pages, load, capacity));
                }
            }
        }

        results.Heading("Open dashboards");
        results.Text(
            "Each page is a connection that reads the dashboard's live stream, "
            + $"for {Length(setup).TotalSeconds:N0} s. "
            + "The share of one core is the server's processor time, all in all: that of the requests is in it.");
        var table = new Table("load", "open pages", "share of one core", "bytes/s for each page");
        foreach (var group in costs.GroupBy(cost => (cost.Load, cost.Pages)).OrderBy(group => group.Key))
            table.Add($"{group.Key.Load} ×", $"{group.Key.Pages}",
                $"{100 * Setup.Median(group.Select(cost => cost.Cores)):N2} %",
                $"{Setup.Median(group.Select(cost => cost.BytesPerSecond)):N0}");
        results.Add(table);
    }

    private static TimeSpan Length(Setup setup) => setup.Step * 2;

    private static async Task<Cost> MeasureAsync(Setup setup, int pages, double load, double capacity)
    {
        await using var server = await ServerProcess.StartAsync(Peers.OursWithDashboard, Setup.Protecting);
        var length = setup.WarmUp + Length(setup);
        using var closing = new CancellationTokenSource();
        var readers = Enumerable.Range(0, pages).Select(_ => Task.Run(() => ReadAsync(server.Port, closing.Token)))
            .ToArray();
        var requests = load == 0
            ? Task.Delay(length)
            : new OpenLoop(server.Port, "/work", Setup.Patience).RunAsync([new Phase(load * capacity, length)]);

        await Task.Delay(setup.WarmUp);
        var before = server.ProcessorTime;
        await Task.WhenAny(requests, Task.Delay(Length(setup)));
        var used = server.ProcessorTime - before;
        await requests;
        closing.Cancel();
        var bytes = await Task.WhenAll(readers);
        if (bytes.Any(count => count == 0))
            throw new InvalidOperationException("A page saw nothing.");
        return new Cost(pages, load, used / Length(setup), pages == 0 ? 0 : bytes.Average() / length.TotalSeconds);
    }

    /// <returns>The number of bytes received until the page was closed.</returns>
    private static async Task<long> ReadAsync(int port, CancellationToken closing)
    {
        using var connection = await Connection.OpenAsync(port, CancellationToken.None);
        await connection.SendAsync(
            Connection.RequestTo(DashboardPeer.Path, "Accept: text/event-stream\r\n"), CancellationToken.None);
        return await connection.ReadStreamAsync(closing);
    }
}
