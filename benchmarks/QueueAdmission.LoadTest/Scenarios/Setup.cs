using QueueAdmission.Benchmarks;
using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Scenarios;

/// <summary>What the scenarios share: durations, limits, and the measurement of the capacity.</summary>
internal sealed record Setup(bool Quick)
{
    /// <summary>
    /// One worker for each of the backend's eight slots, and the number of places that are served within 250 ms, which
    /// is half of the clients' patience.
    /// </summary>
    public static readonly Limits Protecting = new(Backend.Slots, 4, 50);

    /// <summary>
    /// The same workers, with the number of places that are served within 1.25 s. This is longer than clients wait.
    /// </summary>
    public static readonly Limits LongLine = new(Backend.Slots, 1, 1_000);

    /// <summary>More workers than clients, so that no request waits.</summary>
    public static readonly Limits Wide = new(1_000, 1, 100);

    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    public int Rounds => Quick ? 1 : 2;

    public TimeSpan Step => TimeSpan.FromSeconds(Quick ? 2 : 4);

    public TimeSpan WarmUp => TimeSpan.FromSeconds(Quick ? 1 : 1.5);

    /// <summary>
    /// Returns the order of the peers in a round, which alternates between forwards and backwards. If the
    /// machine becomes slower over time, the peers that run last are therefore not always the same.
    /// </summary>
    public static IEnumerable<string> Order(int round, IEnumerable<string> peers) =>
        round % 2 == 0 ? peers : peers.Reverse();

    /// <summary>
    /// Returns the requests per second that the backend serves when it is always busy and no queue is in front of it.
    /// </summary>
    public async Task<double> MeasureCapacityAsync()
    {
        await using var server = await ServerProcess.StartAsync(Peers.None, Protecting);
        await ClosedLoop.RunAsync(server.Port, "/work", 2 * Backend.Slots, WarmUp);
        return await ClosedLoop.RunAsync(server.Port, "/work", 2 * Backend.Slots, Step);
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
