using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace QueueAdmission.LoadTest.Client;

/// <summary>A period with a constant mean number of requests per second.</summary>
internal readonly record struct Phase(double PerSecond, TimeSpan Length);

/// <summary>
/// An open-loop load: clients send at predetermined times regardless of the server, and give up after a time limit.
/// </summary>
/// <remarks>
/// The times are drawn beforehand (Poisson, fixed seed), and the latency of a request counts from its scheduled time.
/// While a server is stalled, the latency of every request scheduled in that time therefore grows, and not only that of
/// the requests that could be sent.
/// </remarks>
/// <param name="port">The port of the server.</param>
/// <param name="path">The path of the requests.</param>
/// <param name="patience">
/// The time after which a client gives up. It counts from the scheduled time of the request.
/// </param>
/// <param name="headers">Additional header lines of each request.</param>
/// <param name="draw">Selects the random times. Clients that run at the same time use different numbers.</param>
/// <param name="body">The JSON body of each request, which is then a POST. Null for a GET.</param>
internal sealed class OpenLoop(
    int port, string path, TimeSpan patience, string headers = "", int draw = 0, string? body = null)
{
    private const int Seed = 20_071_105;

    private readonly byte[] _request =
        body is null ? Connection.RequestTo(path, headers) : Connection.PostTo(path, body, headers);
    private readonly ConcurrentStack<Connection> _idle = new();
    private readonly Tally _tally = new();
    private int _underWay;
    private long _start;

    public async Task<Tally> RunAsync(IReadOnlyList<Phase> phases)
    {
        var moments = Draw(phases);
        await Task.Factory.StartNew(() => SendAll(moments), TaskCreationOptions.LongRunning);
        while (Volatile.Read(ref _underWay) > 0)
            await Task.Delay(10);
        foreach (var connection in _idle)
            connection.Dispose();
        _tally.ThrowUnlessBalanced();
        return _tally;
    }

    private List<TimeSpan> Draw(IReadOnlyList<Phase> phases)
    {
        var random = new Random(Seed + draw);
        var moments = new List<TimeSpan>();
        var begin = TimeSpan.Zero;
        foreach (var phase in phases)
        {
            var end = begin + phase.Length;
            for (var at = begin + Gap(); at < end; at += Gap())
                moments.Add(at);
            begin = end;

            TimeSpan Gap() => TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / phase.PerSecond);
        }
        return moments;
    }

    private void SendAll(List<TimeSpan> moments)
    {
        _start = Stopwatch.GetTimestamp();
        foreach (var moment in moments)
        {
            var ahead = moment - Stopwatch.GetElapsedTime(_start);
            if (ahead > TimeSpan.Zero)
                Thread.Sleep(ahead);
            _tally.CountSent(Stopwatch.GetElapsedTime(_start) - moment);
            Interlocked.Increment(ref _underWay);
            _ = SendAsync(moment);
        }
    }

    private async Task SendAsync(TimeSpan intended)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var left = intended + patience - Stopwatch.GetElapsedTime(_start);
        using var givingUp = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        Connection? connection = null;
        Outcome outcome;
        try
        {
            if (!_idle.TryPop(out connection))
                connection = await Connection.OpenAsync(port, givingUp.Token);
            outcome = await connection.GetAsync(_request, givingUp.Token) switch
            {
                200 or 202 => Outcome.Served,
                429 or 503 => Outcome.Rejected,
                _ => Outcome.Failed,
            };
            _idle.Push(connection);
        }
        catch (OperationCanceledException)
        {
            connection?.Dispose();
            outcome = Outcome.GaveUp;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            connection?.Dispose();
            outcome = Outcome.Failed;
        }
        var latency = Stopwatch.GetElapsedTime(_start) - intended;
        // The sending thread sleeps in whole milliseconds. A request may be sent and even answered before its scheduled
        // time.
        _tally.Count(new Request(intended, outcome, latency > TimeSpan.Zero ? latency : TimeSpan.Zero));
        Interlocked.Decrement(ref _underWay);
    }
}
