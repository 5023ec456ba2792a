using System.Net;
using System.Net.Sockets;

namespace WebDemo;

/// <summary>Sends the shoppers of one shop, over real HTTP.</summary>
internal sealed class Crowd : IDisposable
{
    private readonly HttpClient _client;
    private readonly RaceDoor _door;
    private readonly int _race;
    private readonly string _order;
    private readonly TimeProvider _time;

    public Crowd(Uri server, RaceShop shop, int race, int atOnce, TimeProvider time)
    {
        (_door, _race, _order, _time) = (shop.Door, race, $"{shop.Path}?race={race}&customer=", time);
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            MaxConnectionsPerServer = atOnce,
            ConnectCallback = ConnectAsync,
        })
        {
            BaseAddress = server,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public RaceTally Tally { get; } = new();

    /// <summary>The number of shoppers that have set out and have not reached the shop.</summary>
    public int OnTheWay => Tally.Came - _door.Reached;

    /// <summary>Sends one shopper, and counts how the visit ends.</summary>
    public async Task VisitAsync(Visit visit, CancellationToken stopping)
    {
        Tally.Come();
        var start = _time.GetTimestamp();
        using var tooLong = new CancellationTokenSource(visit.Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, stopping);
        var end = await AskAsync(visit.Customer, either.Token);
        _door.Greet(_race, visit.Customer);
        Tally.Count(end, _time.GetElapsedTime(start));
    }

    public void Dispose() => _client.Dispose();

    private async Task<VisitEnd> AskAsync(int customer, CancellationToken leave)
    {
        try
        {
            using var answer = await _client.PostAsync($"{_order}{customer}", null, leave);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => await answer.Content.ReadAsStringAsync(leave) == Shop.GotOne
                    ? VisitEnd.Sold : VisitEnd.SoldOut,
                HttpStatusCode.ServiceUnavailable => answer.Headers.RetryAfter is null
                    ? VisitEnd.Refused : VisitEnd.RefusedAndToldWhen,
                _ => VisitEnd.Failed,
            };
        }
        catch (OperationCanceledException)
        {
            return VisitEnd.GaveUp;
        }
        catch (HttpRequestException)
        {
            return VisitEnd.Failed;
        }
    }

    // A shopper that leaves resets the connection. The server therefore notices that at once. After a reset, no port
    // stays reserved for minutes, as it would after a normal close of thousands of connections.
    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            LingerState = new LingerOption(enable: true, seconds: 0),
        };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
