using QueueAdmission.Benchmarks;
using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Report;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Scenarios;

/// <summary>How much of a server's throughput is left with the middleware in front, when nobody ever has to wait?</summary>
internal static class HelloWorld
{
    private const int Connections = 64;

    public static async Task RunAsync(Setup setup, Progress progress, Results results)
    {
        var rounds = setup.Quick ? 3 : 5;
        progress.Begin("hello world", rounds * Peers.All.Length);
        var perSecond = Peers.All.ToDictionary(peer => peer, _ => new double[rounds]);
        var microseconds = Peers.All.ToDictionary(peer => peer, _ => new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var peer in Setup.Order(round, Peers.All))
            {
                progress.Step(peer);
                await using var server = await ServerProcess.StartAsync(peer, Setup.Wide);
                await ClosedLoop.RunAsync(server.Port, "/hello", Connections, TimeSpan.FromSeconds(2));
                var used = server.ProcessorTime;
                perSecond[peer][round] = await ClosedLoop.RunAsync(server.Port, "/hello", Connections, setup.Step * 0.6);
                microseconds[peer][round] = (server.ProcessorTime - used).TotalMicroseconds / (perSecond[peer][round] * (setup.Step * 0.6).TotalSeconds);
            }
        }

        double Ratio(string peer, string other) => Setup.Median(perSecond[peer].Zip(perSecond[other], (one, two) => one / two));
        results.Heading("Hello, world");
        results.Text($"{Connections} connections ask as fast as they are answered; client and server share the machine. The ratios are medians over {rounds} rounds of neighbours in time.");
        var table = new Table("peer", "requests/s", "÷ none", "server's processor time µs a request");
        foreach (var peer in Peers.All)
            table.Add(peer, $"{Setup.Median(perSecond[peer]):N0}", $"{Ratio(peer, Peers.None):N3}", $"{Setup.Median(microseconds[peer]):N2}");
        results.Add(table);

        var (ofNone, ofLimiter) = (Ratio(Peers.Ours, Peers.None), Ratio(Peers.Ours, Peers.RateLimiter));
        results.Add(new Row(120, "Kestrel hello world, closed loop", string.Join("; ", Peers.All.Where(peer => peer != Peers.Ours).Select(peer => $"{peer} {Setup.Median(perSecond[peer]).Show("N0")}/s")),
            $"{Setup.Median(perSecond[Peers.Ours]).Show("N0")}/s", $"{ofNone.Show("N3")} × none, {ofLimiter.Show("N3")} × UseRateLimiter", "≥ 0.98 of none, ≥ 1.05 × UseRateLimiter", ofNone >= 0.98 && ofLimiter >= 1.05));
    }
}
