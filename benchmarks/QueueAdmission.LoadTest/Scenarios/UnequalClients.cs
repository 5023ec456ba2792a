using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Report;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Scenarios;

/// <summary>
/// Measures how modest clients fare beside a greedy one, and important requests beside a flood of unimportant ones.
/// </summary>
internal static class UnequalClients
{
    private const int Tenants = 10;

    private static readonly TimeSpan Onset = TimeSpan.FromSeconds(1);

    /// <summary>A group of clients with the same behavior.</summary>
    /// <param name="Name">The name of the group.</param>
    /// <param name="Number">The number of clients.</param>
    /// <param name="Load">The load that each client sends, as a fraction of the capacity.</param>
    /// <param name="Headers">The headers that identify a client; {0} is replaced by its number.</param>
    private sealed record Group(string Name, int Number, double Load, string Headers);

    private sealed record Case(string Title, string[] Peers, Group[] Groups);

    private static readonly Case[] Cases =
    [
        new($"One of {Tenants} tenants sends ten times its share, the others half of theirs",
            [Peers.RateLimiter, Peers.EasyQueue, Peers.Ours, Peers.OursByTenant],
            [
                new("the nine", Tenants - 1, 0.5 / Tenants, $"{Peers.TenantHeader}: modest-{{0}}\r\n"),
                new("the greedy one", 1, 10.0 / Tenants, $"{Peers.TenantHeader}: greedy\r\n"),
            ]),
        new("Five times the capacity, of which important requests are half of the capacity",
            [Peers.RateLimiter, Peers.EasyQueue, Peers.Ours, Peers.OursByPriority],
            [
                new("high", 1, 0.5, $"{Peers.PriorityHeader}: High\r\n"),
                new("low", 1, 4.5, $"{Peers.PriorityHeader}: Low\r\n"),
            ]),
    ];

    public static async Task RunAsync(Setup setup, Progress progress, Results results)
    {
        progress.Begin("unequal clients", setup.Rounds * Cases.Sum(one => one.Peers.Length));
        var answers = new List<(Case Case, string Peer, Group Group, Tally Tally)>();
        var capacities = new List<double>();
        for (var round = 0; round < setup.Rounds; round++)
        {
            var capacity = await setup.MeasureCapacityAsync();
            capacities.Add(capacity);
            foreach (var one in Cases)
            {
                foreach (var peer in Setup.Order(round, one.Peers))
                {
                    progress.Step(peer);
                    answers.AddRange((await MeasureAsync(setup, peer, one, capacity))
                        .Select(answer => (one, peer, answer.Group, answer.Tally)));
                }
            }
        }

        results.Heading("Unequal clients");
        results.Text(
            "Capacity, measured in the same run: "
            + $"{string.Join(", ", capacities.Select(value => $"{value:N0}/s"))}. "
            + $"Limits: {Setup.Protecting.Workers} workers, {Setup.Protecting.Places} places, "
            + "with PartitionBy as many for each tenant. "
            + $"Clients give up after {Setup.Patience.TotalMilliseconds:N0} ms; "
            + $"the first {Onset.TotalSeconds:N0} s do not count. "
            + "In time is the part of what a group sent that was served to somebody who still waited.");
        foreach (var one in Cases)
        {
            results.Text($"{one.Title}:");
            var table = new Table(
                "peer", "client", "in time", "p50 ms", "p99 ms", "sent", "served", "rejected", "gave up", "failed");
            foreach (var (peer, group) in one.Peers.SelectMany(peer => one.Groups.Select(group => (peer, group))))
            {
                var tally = Tally.Sum(answers
                    .Where(answer => answer.Case == one && answer.Peer == peer && answer.Group == group)
                    .Select(answer => answer.Tally));
                table.Add(peer, group.Name, $"{100.0 * tally[Outcome.Served] / tally.Sent:N1} %",
                    Show(tally.Percentile(50)), Show(tally.Percentile(99)),
                    $"{tally.Sent}", $"{tally[Outcome.Served]}", $"{tally[Outcome.Rejected]}",
                    $"{tally[Outcome.GaveUp]}", $"{tally[Outcome.Failed]}");
            }
            results.Add(table);
        }
    }

    private static async Task<IEnumerable<(Group Group, Tally Tally)>> MeasureAsync(
        Setup setup, string peer, Case one, double capacity)
    {
        await using var server = await ServerProcess.StartAsync(peer, Setup.Protecting);
        await new OpenLoop(server.Port, "/work", Setup.Patience).RunAsync([new Phase(capacity / 2, setup.WarmUp)]);
        var clients = one.Groups
            .SelectMany(group => Enumerable.Range(1, group.Number)
                .Select(number => (Group: group, Headers: string.Format(null, group.Headers, number))))
            .ToArray();
        var tallies = await Task.WhenAll(clients.Select((client, index) =>
            new OpenLoop(server.Port, "/work", Setup.Patience, client.Headers, index)
                .RunAsync([new Phase(client.Group.Load * capacity, Onset + setup.Step)])));
        return clients.Zip(tallies, (client, tally) => (client.Group, tally.Between(Onset, TimeSpan.MaxValue)));
    }

    private static string Show(double milliseconds) => double.IsNaN(milliseconds) ? "–" : $"{milliseconds:N1}";
}
