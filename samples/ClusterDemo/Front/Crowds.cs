using Microsoft.Extensions.Options;

namespace ClusterDemo;

/// <summary>Sends crowds of shoppers to the front's own address, over real HTTP.</summary>
internal sealed class Crowds(
    IOptionsMonitor<CrowdOptions> options, OwnAddress address, Fleet fleet, IHostApplicationLifetime lifetime,
    TimeProvider time)
{
    private const int MaxShoppers = 5_000;

    private int _underWay;

    /// <summary>The number of shoppers that have not arrived yet, or have no answer yet.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Sends a crowd in the background.</summary>
    /// <param name="shop">The shop that they go to; null for all shops.</param>
    /// <returns>False if too many shoppers are under way already, or there is no such shop.</returns>
    public bool TrySend(int? shop)
    {
        var crowd = options.CurrentValue;
        if (shop is { } number && (number < 1 || number > fleet.Shops.Count))
            return false;
        var shoppers = shop is null ? crowd.Shoppers * fleet.Shops.Count : crowd.Shoppers;
        if (Interlocked.Add(ref _underWay, shoppers) > MaxShoppers)
        {
            Interlocked.Add(ref _underWay, -shoppers);
            return false;
        }
        _ = SendAsync(shop, shoppers, crowd, lifetime.ApplicationStopping);
        return true;
    }

    private async Task SendAsync(int? shop, int shoppers, CrowdOptions crowd, CancellationToken stopping)
    {
        // Yields, so that the request of the button does not wait for the shoppers.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var front = new Uri(address.Find(), shop is { } number ? $"/ping?shop={number}" : "/ping");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = crowd.Patience };
        await Task.WhenAll(Enumerable.Range(0, shoppers).Select(
            shopper => ComeAsync(client, front, crowd.Within * shopper / shoppers, stopping)));
    }

    private async Task ComeAsync(HttpClient client, Uri front, TimeSpan after, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(after, time, stopping);
            using var answer = await client.GetAsync(front, stopping);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // The shopper has left, or the shops close. The front has counted the shopper.
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
