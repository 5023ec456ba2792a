using QueueAdmission.Benchmarks;
using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Report;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Scenarios;

/// <summary>Measures how much the middleware reduces the throughput of a server when no request ever waits.</summary>
/// <remarks>
/// The differences between the peers are smaller than the variation of a shared machine from one second to the next.
/// The servers therefore run during the whole scenario, and are measured in short turns, forwards and backwards. Only
/// easyqueue's idle workers poll, and would disturb the others. easyqueue is therefore measured after the other servers
/// have ended.
/// </remarks>
internal static class HelloWorld
{
    private const int Connections = 64;

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    private sealed class Throughput
    {
        public List<double> PerSecond { get; } = [];

        /// <summary>The processor time of the server per request, in each turn.</summary>
        public List<double> Microseconds { get; } = [];
    }

    public static async Task RunAsync(Setup setup, Progress progress, Results results)
    {
        var rounds = setup.Quick ? 6 : 20;
        var quiet = Peers.All.Where(peer => peer != Peers.EasyQueue).ToArray();
        progress.Begin("hello world", rounds * Peers.All.Length);
        var measured = Peers.All.ToDictionary(peer => peer, _ => new Throughput());
        await MeasureAsync(quiet, rounds, measured, setup, progress);
        await MeasureAsync([Peers.EasyQueue], rounds, measured, setup, progress);

        double Ratio(string peer, string other) =>
            Setup.Median(measured[peer].PerSecond.Zip(measured[other].PerSecond, (one, two) => one / two));
        double PerSecond(string peer) => Setup.Median(measured[peer].PerSecond);
        results.Heading("Hello, world");
        results.Text(
            $"{Connections} connections ask as fast as they are answered; client and server share the machine. "
            + $"{rounds} rounds of {Turn.TotalSeconds:N0} s each, of all but easyqueue in turns; "
            + "their ratios are medians over neighbours in time.");
        var table = new Table("peer", "requests/s", "÷ none", "server's processor time µs a request");
        foreach (var peer in Peers.All)
            table.Add(peer, $"{PerSecond(peer):N0}", $"{Ratio(peer, Peers.None):N3}",
                $"{Setup.Median(measured[peer].Microseconds):N2}");
        results.Add(table);

        var (ofNone, ofLimiter) = (Ratio(Peers.Ours, Peers.None), Ratio(Peers.Ours, Peers.RateLimiter));
        results.Add(new Row(120, "Kestrel hello world, closed loop",
            string.Join("; ", Peers.All.Where(peer => peer != Peers.Ours)
                .Select(peer => $"{peer} {PerSecond(peer).Show("N0")}/s")),
            $"{PerSecond(Peers.Ours).Show("N0")}/s",
            $"{ofNone.Show("N3")} × none, {ofLimiter.Show("N3")} × UseRateLimiter",
            "≥ 0.98 of none, ≥ 1.05 × UseRateLimiter", ofNone >= 0.98 && ofLimiter >= 1.05));
    }

    private static async Task MeasureAsync(
        string[] peers, int rounds, Dictionary<string, Throughput> measured, Setup setup, Progress progress)
    {
        var servers = new List<(string Peer, ServerProcess Server)>();
        try
        {
            foreach (var peer in peers)
            {
                servers.Add((peer, await ServerProcess.StartAsync(peer, Setup.Wide)));
                await AskAsync(servers[^1].Server, setup.WarmUp * 4);
            }
            for (var round = 0; round < rounds; round++)
            {
                foreach (var (peer, server) in round % 2 == 0 ? servers : servers.AsEnumerable().Reverse())
                {
                    progress.Step(peer);
                    var used = server.ProcessorTime;
                    var perSecond = await AskAsync(server, Turn);
                    measured[peer].PerSecond.Add(perSecond);
                    measured[peer].Microseconds.Add(
                        (server.ProcessorTime - used).TotalMicroseconds / (perSecond * Turn.TotalSeconds));
                }
            }
        }
        finally
        {
            foreach (var (_, server) in servers)
                await server.DisposeAsync();
        }
    }

    private static Task<double> AskAsync(ServerProcess server, TimeSpan length) =>
        ClosedLoop.RunAsync(server.Port, "/hello", Connections, length);
}
