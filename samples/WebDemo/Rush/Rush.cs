using Microsoft.Extensions.Options;

namespace WebDemo;

/// <summary>Sends many shoppers to the shop's own address, over real HTTP. One rush at a time.</summary>
internal sealed class Rush(
    IOptions<RushOptions> options, OwnAddress address, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private readonly RushOptions _options = options.Value;
    private readonly Lock _lock = new();
    private RushTally? _latest;

    /// <summary>Returns the rush that is running, or the last one, or null before the first.</summary>
    public RushView? Look() => Volatile.Read(ref _latest)?.Look();

    /// <summary>Starts a rush in the background.</summary>
    /// <returns>False if one is still running.</returns>
    public bool TryStart()
    {
        var shop = address.Find();
        RushTally tally;
        lock (_lock)
        {
            if (_latest is { IsRunning: true })
                return false;
            _latest = tally = new RushTally((_latest?.Number ?? 0) + 1, _options.Shoppers, time);
        }
        _ = RunAsync(tally, shop, lifetime.ApplicationStopping);
        return true;
    }

    private async Task RunAsync(RushTally tally, Uri shop, CancellationToken stopping)
    {
        // Yields, so that the request of the button does not wait for the shoppers.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = _options.AtOnce };
            using var client = new HttpClient(handler) { BaseAddress = shop };
            var comers = Enumerable.Range(0, Math.Min(_options.AtOnce, _options.Shoppers))
                .Select(_ => ComeAsync(client, tally, stopping));
            await Task.WhenAll(comers);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The shop closes, and the rush ends with it.
        }
        finally
        {
            tally.End();
        }
    }

    /// <summary>Sends shoppers one after the other: as soon as a shopper has an answer, the next one follows.</summary>
    private async Task ComeAsync(HttpClient client, RushTally tally, CancellationToken stopping)
    {
        while (tally.TryNext(out var shopper))
        {
            var early = (_options.Within * shopper / _options.Shoppers) - tally.Elapsed;
            if (early > TimeSpan.Zero)
                await Task.Delay(early, time, stopping);
            tally.Count(await AskAsync(client, stopping));
        }
    }

    private static async Task<Answer> AskAsync(HttpClient client, CancellationToken stopping)
    {
        try
        {
            using var response = await client.GetAsync("/ping", stopping);
            if (response.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
                return Answer.SentAway;
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(stopping) switch
            {
                Shop.GotOne => Answer.Sold,
                Shop.NoneLeft => Answer.SoldOut,
                _ => Answer.Failed,
            } : Answer.Failed;
        }
        catch (HttpRequestException)
        {
            return Answer.Failed;
        }
    }
}
