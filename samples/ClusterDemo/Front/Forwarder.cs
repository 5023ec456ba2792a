using System.Globalization;
using System.Net;
using System.Text.Json;

namespace ClusterDemo;

/// <summary>Forwards the request of a shopper to a shop, and returns the answer of the shop.</summary>
/// <remarks>
/// <para><b>Which requests may be repeated.</b> A shop can end while it works on an order. The front then does not know
/// whether the lamp was sold: the sale may be in the store, and only the answer lost. A request that has reached a shop
/// may therefore be repeated only if a second sale is impossible. To ensure this, the front gives each order an id, and
/// the stock sells once for each id.</para>
/// <para>Without such an id, a request could safely be repeated only if its connection could not be opened, because
/// then nothing was sent. Note that <see cref="SocketsHttpHandler"/> itself repeats a request without a body if a
/// reused connection ends without an answer.</para>
/// <para><b>Who hears of a lost answer.</b> Before an order moves to another shop, the front asks the stock whether
/// the order is sold. Another shop cannot always tell: it refuses the order if its lines are full, and it says "sold
/// out" at the door if the order got the last lamp.</para>
/// <para>An order moves until it has an answer, the shopper leaves, or no shop opens in time. It reaches each process
/// at most once.</para>
/// <para>The front reads the whole answer before it passes on the first byte. An answer that breaks off can therefore
/// be treated like any other failure.</para>
/// </remarks>
internal sealed class Forwarder(Fleet fleet, IStock stock, TimeProvider time, ILogger<Forwarder> log) : IDisposable
{
    private static readonly TimeSpan OpeningLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);
    private static readonly string[] RequestHeaders = ["Accept", "Accept-Language", "User-Agent"];
    private static readonly string[] ResponseHeaders = ["Retry-After", "Cache-Control", "Vary"];

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    private long _calls;
    private long _failed;
    private long _gaveUp;

    /// <summary>The number of all shoppers.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>The number of shoppers without a proper answer.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>The number of shoppers that left while no shop was open.</summary>
    public long GaveUp => Interlocked.Read(ref _gaveUp);

    public async Task ForwardAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);
        var order = Guid.NewGuid().ToString("N");
        int? wished = int.TryParse(
            context.Request.Query["shop"], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
        List<OpenShop> failed = [];
        while (await FindAsync(wished, failed, context.RequestAborted) is { } shop)
        {
            var books = fleet.Shops[shop.Number - 1].Books;
            try
            {
                using var request = CreateRequest(context, shop, order);
                using var answer = await _client.SendAsync(request, context.RequestAborted);
                var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
                Count(books, answer, body);
                await PassOnAsync(context, answer, body);
                return;
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                books.AddGaveUp();
                return;
            }
            catch (Exception exception) when (OpenShop.IsFailure(exception))
            {
                if (await IsSoldAsync(order))
                {
                    books.AddSold(hasWaited: false);
                    await Results.Text(Shop.GotOne).ExecuteAsync(context);
                    return;
                }
                books.AddMoved();
                failed.Add(shop);
            }
        }
        if (context.RequestAborted.IsCancellationRequested)
        {
            Interlocked.Increment(ref _gaveUp);
            return;
        }
        Interlocked.Increment(ref _failed);
        await Results.Problem("No shop is open.", statusCode: StatusCodes.Status502BadGateway).ExecuteAsync(context);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>
    /// Waits for an open shop, because right after a kill there may be none for a moment. Null if none opens in time.
    /// </summary>
    private async Task<OpenShop?> FindAsync(int? wished, List<OpenShop> failed, CancellationToken gone)
    {
        var start = time.GetTimestamp();
        while (!gone.IsCancellationRequested)
        {
            if (fleet.Pick(wished, failed) is { } shop)
                return shop;
            if (time.GetElapsedTime(start) > OpeningLimit)
                return null;
            await Task.Delay(LookInterval, time, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return null;
    }

    private async Task<bool> IsSoldAsync(string order)
    {
        try
        {
            return await stock.IsSoldAsync(order);
        }
        catch (Exception exception) when (DemoServer.IsFailure(exception))
        {
            // The next shop cannot sell without the stock either, and says so.
            log.StockIsAway(exception.Message);
            return false;
        }
    }

    private static HttpRequestMessage CreateRequest(HttpContext context, OpenShop shop, string order)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(shop.Address, "/ping"));
        foreach (var name in RequestHeaders)
        {
            if (context.Request.Headers[name] is { Count: > 0 } values)
                request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        request.Headers.Add(Shop.OrderHeader, order);
        return request;
    }

    private void Count(ShopBooks books, HttpResponseMessage answer, byte[] body)
    {
        var hasWaited = answer.Headers.Contains(Shop.WaitedHeader);
        if (answer.StatusCode == HttpStatusCode.OK && body.AsSpan().SequenceEqual("you got one"u8))
            books.AddSold(hasWaited);
        else if (answer.StatusCode == HttpStatusCode.OK && body.AsSpan().SequenceEqual("sold out"u8))
            books.AddSoldOut(hasWaited);
        else if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            books.AddRefused(FindReason(answer, body));
        else
            Interlocked.Increment(ref _failed);
    }

    /// <summary>Returns the reason of a refusal from the answer of the queue.</summary>
    private static string FindReason(HttpResponseMessage answer, byte[] body)
    {
        try
        {
            return answer.Content.Headers.ContentType?.MediaType is "application/problem+json"
                ? JsonDocument.Parse(body).RootElement.GetProperty("reason").GetString() ?? "refused"
                : "refused";
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "refused";
        }
    }

    private static async Task PassOnAsync(HttpContext context, HttpResponseMessage answer, byte[] body)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        response.ContentType = answer.Content.Headers.ContentType?.ToString();
        response.ContentLength = body.Length;
        foreach (var name in ResponseHeaders)
        {
            if (answer.Headers.TryGetValues(name, out var values))
                response.Headers[name] = values.ToArray();
        }
        // If the shopper has left, nothing is written. The books count the answer of the shop.
        await response.Body.WriteAsync(body, CancellationToken.None);
    }
}
