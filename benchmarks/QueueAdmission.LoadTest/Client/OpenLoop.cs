using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace QueueAdmission.LoadTest.Client;

/// <summary>A period with a number of requests a second.</summary>
internal readonly record struct Phase(double PerSecond, TimeSpan Length);

/// <summary>Clients that send at times of their own, whatever the server does, and give up after a while.</summary>
/// <remarks>
/// The moments are drawn before (Poisson, from a fixed seed), and every latency counts from its moment. So a server
/// that stands still is charged for all requests of that time, not only for those that could be sent.
/// </remarks>
/// <param name="port">The server's port.</param>
/// <param name="path">The requested path.</param>
/// <param name="patience">The time after which a client gives up, from the moment at which it was to send.</param>
/// <param name="headers">Further lines of each request.</param>
/// <param name="draw">The number of the draw of moments. Clients that run at the same time have different ones.</param>
/// <param name="body">The body of each request, which is a POST of JSON then. Null for a GET.</param>
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
        // The sending thread sleeps whole milliseconds, so a request may be sent, and answered, before its moment.
        _tally.Count(new Request(intended, outcome, latency > TimeSpan.Zero ? latency : TimeSpan.Zero));
        Interlocked.Decrement(ref _underWay);
    }
}
