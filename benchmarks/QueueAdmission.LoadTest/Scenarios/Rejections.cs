using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Report;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Scenarios;

/// <summary>
/// Measures how many requests per second can be refused while all workers are busy and all places are taken.
/// </summary>
internal static class Rejections
{
    private const int Connections = 64;

    private static readonly string[] RejectingPeers = [Peers.RateLimiter, Peers.EasyQueue, Peers.Ours];

    public static async Task RunAsync(Setup setup, Progress progress, Results results)
    {
        progress.Begin("rejections", setup.Rounds * RejectingPeers.Length);
        var perSecond = RejectingPeers.ToDictionary(peer => peer, _ => new double[setup.Rounds]);
        for (var round = 0; round < setup.Rounds; round++)
        {
            foreach (var peer in Setup.Order(round, RejectingPeers))
            {
                progress.Step(peer);
                await using var server = await ServerProcess.StartAsync(peer, Setup.Protecting);
                using var crowd = await Crowd.GatherAsync(
                    server.Port, 2 * (Setup.Protecting.Workers + Setup.Protecting.Places));
                await crowd.AskAsync("/park");
                await Task.Delay(TimeSpan.FromSeconds(1));
                await ClosedLoop.RunAsync(server.Port, "/hello", Connections, setup.WarmUp, expectedStatus: 503);
                perSecond[peer][round] = await ClosedLoop.RunAsync(
                    server.Port, "/hello", Connections, setup.Step, expectedStatus: 503);
            }
        }

        results.Heading("Rejections");
        results.Text(
            $"All workers and places are held, and {Connections} connections ask as fast as they are refused. "
            + "Ours answers with headers and a problem+json body, the others with a bare status.");
        var table = new Table("peer", "rejections/s");
        foreach (var peer in RejectingPeers)
            table.Add(peer, $"{Setup.Median(perSecond[peer]):N0}");
        results.Add(table);
    }
}
