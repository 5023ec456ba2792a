using System.Diagnostics;
using Npgsql;
using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Deferred.Benchmarks.Client;
using QueueAdmission.Deferred.Benchmarks.Servers;

namespace QueueAdmission.Deferred.Benchmarks.Scenarios;

/// <summary>
/// Accepts and then runs a backlog while another connection holds a transaction open. During such a transaction,
/// PostgreSQL cannot remove dead rows.
/// </summary>
/// <remarks>
/// Rounds without (A) and with (B) the transaction alternate as A B B A. A machine that becomes slower thus affects
/// both.
/// </remarks>
internal static class HeldTransaction
{
    private const int Posts = 60_000;
    private const int Warming = 10_000;
    private const double MaxLoss = 0.1;

    private static readonly bool[] Rounds = [false, true, true, false, false, true, true, false];
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(Setup setup)
    {
        List<(bool IsHeld, Figures Figures)> all = [];
        foreach (var isHeld in Rounds)
        {
            all.Add((isHeld, await RunOneAsync(setup, isHeld)));
            Console.WriteLine($"  {(isHeld ? "held" : "free")}: {all[^1].Figures}");
        }
        var (accepted, run) = (Compare(all, figures => figures.Accepted), Compare(all, figures => figures.Run));
        setup.Add(new ReportRow(
            $"a transaction is held open while {Posts:N0} jobs are accepted and run, {Rounds.Length / 4} times A B B A",
            "postgres",
            "797 to 517/s with a queue that deletes rows, 91,593 dead rows",
            "the rate falls by at most 10 %",
            $"accepted {accepted}; run {run}; "
                + $"up to {all.Where(one => one.IsHeld).Max(one => one.Figures.Dead):N0} dead rows",
            accepted.Change >= -MaxLoss && run.Change >= -MaxLoss));
    }

    /// <summary>Compares the rounds in consecutive pairs. The change is the median over the pairs.</summary>
    private static Comparison Compare(List<(bool IsHeld, Figures Figures)> all, Func<Figures, double> read)
    {
        var pairs = all.Chunk(2)
            .Select(pair => (
                Free: read(pair.Single(one => !one.IsHeld).Figures),
                Held: read(pair.Single(one => one.IsHeld).Figures)))
            .ToList();
        return new Comparison(
            MedianOf(pairs.Select(pair => pair.Free)), MedianOf(pairs.Select(pair => pair.Held)),
            MedianOf(pairs.Select(pair => pair.Held / pair.Free - 1)));
    }

    private static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static async Task<Figures> RunOneAsync(Setup setup, bool isHeld)
    {
        await using var server = await AcceptingServer.StartAsync(setup, Subject.OursOnPostgres);
        await using var beside = new NpgsqlConnection($"{server.Store};Pooling=false");
        await beside.OpenAsync();
        if (isHeld)
        {
            await ExecuteAsync(beside, "BEGIN ISOLATION LEVEL REPEATABLE READ");
            // The first query of a REPEATABLE READ transaction takes its snapshot.
            await ExecuteAsync(beside, "SELECT count(*) FROM queue_admission.job_store");
        }
        await SaturatedLoad.RunAsync(server.Port, Warming);
        var accepted = await SaturatedLoad.RunAsync(server.Port, Posts);
        await server.RunJobsAsync();
        await UntilDoneAsync(server, Warming);
        var (start, first) = (Stopwatch.GetTimestamp(), (await server.ReadAsync()).Done);
        await UntilDoneAsync(server, Posts + Warming);
        var run = (Posts + Warming - first) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Figures(accepted.PerSecond, run, await CountDeadRowsAsync(server.Store));
    }

    private static async Task UntilDoneAsync(AcceptingServer server, long goal)
    {
        while ((await server.ReadAsync()).Done < goal)
            await Task.Delay(LookInterval);
    }

    private static async Task<long> CountDeadRowsAsync(string store)
    {
        // Each connection reports its statistics at the end of a transaction, at most one second later.
        await Task.Delay(TimeSpan.FromSeconds(2));
        await using var connection = new NpgsqlConnection($"{store};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT coalesce(sum(n_dead_tup), 0)::bigint FROM pg_stat_user_tables "
                + "WHERE schemaname = 'queue_admission'",
            connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <param name="Accepted">The number of posts accepted per second.</param>
    /// <param name="Run">The number of jobs run per second.</param>
    /// <param name="Dead">The number of dead rows at the end.</param>
    private sealed record Figures(double Accepted, double Run, long Dead)
    {
        public override string ToString() => $"accepted {Accepted:N0}/s, run {Run:N0}/s, {Dead:N0} dead rows";
    }

    private sealed record Comparison(double Free, double Held, double Change)
    {
        public override string ToString() =>
            $"{Free:N0}/s without, {Held:N0}/s with it ({Change:+0.0 %;-0.0 %} in the median pair)";
    }
}
