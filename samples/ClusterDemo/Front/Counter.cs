using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace ClusterDemo;

/// <summary>The front's own counter: reads the books of all shops, and puts lamps on their shelf.</summary>
internal sealed class Counter(
    IStock stock, Fleet fleet, Forwarder forwarder, IConfiguration configuration,
    IOptionsMonitor<ShopOptions> options) : IDisposable
{
    private const string Limit = "QueuedAdmission:Queues:checkout:ClusterWorkers";

    private readonly HttpClient _client =
        new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };

    private int ClusterWorkers =>
        int.TryParse(configuration[Limit], CultureInfo.InvariantCulture, out var workers) ? workers : 0;

    public async Task<Books> RestockAsync()
    {
        await stock.AddAsync(options.CurrentValue.Restock);
        // Each shop reads the stock again before the caller gets the answer, and so no longer answers "sold out".
        await Task.WhenAll(fleet.Shops.Select(TellAsync));
        return await ReadAsync();
    }

    public Task<Books> ReadAsync() => ReadAsync(reports: [null, null, null]);

    /// <summary>Returns the books, with a report about the queue of each shop.</summary>
    public async Task<Books> ReadWithReportsAsync() =>
        await ReadAsync(await Task.WhenAll(fleet.Shops.Select(AskAsync)));

    public void Dispose() => _client.Dispose();

    private async Task<Books> ReadAsync(NodeReport?[] reports)
    {
        // Callers may arrive between two readings. The number of calls is read later than the outcomes, so that no
        // outcome lacks its call.
        var shops = fleet.Shops.Zip(reports, (shop, report) => new ShopView(
            shop.Number, shop.State.ToString().ToLowerInvariant(), shop.ProcessId, shop.Kills, shop.Books.Look(),
            report)).ToArray();
        var view = await stock.ReadAsync();
        var dropped = shops.SelectMany(shop => shop.Books.Refused)
            .GroupBy(pair => pair.Key, pair => pair.Value)
            .ToDictionary(group => group.Key, group => group.Sum());
        if (shops.Sum(shop => shop.Books.GaveUp) + forwarder.GaveUp is > 0 and var abandoned)
            dropped.Add("abandoned", abandoned);
        return new Books(
            view.Stock,
            view.Sold,
            shops.Sum(shop => shop.Books.SoldOut),
            dropped,
            forwarder.Calls,
            forwarder.Failed,
            shops.Sum(shop => shop.Books.Moved),
            shops.Count(shop => shop.State == "open"),
            ClusterWorkers,
            view.Running,
            view.MaxRunning,
            shops);
    }

    private async Task TellAsync(ShopSlot shop)
    {
        if (shop.Open is not { } open)
            return;
        try
        {
            using var answer = await _client.PostAsync(new Uri(open.Address, "/restocked"), content: null);
        }
        catch (Exception exception) when (OpenShop.IsFailure(exception))
        {
            // The shop was killed. It reads the stock when it opens again.
        }
    }

    private async Task<NodeReport?> AskAsync(ShopSlot shop)
    {
        if (shop.Open is not { } open)
            return null;
        try
        {
            return await _client.GetFromJsonAsync<NodeReport>(new Uri(open.Address, "/report"));
        }
        catch (Exception exception) when (exception is JsonException || OpenShop.IsFailure(exception))
        {
            return null;
        }
    }
}
