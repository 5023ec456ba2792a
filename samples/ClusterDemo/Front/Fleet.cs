using Microsoft.Extensions.Options;

namespace ClusterDemo;

/// <summary>The three shops and their processes.</summary>
internal sealed class Fleet : IHostedService
{
    private const int Size = 3;
    private static readonly TimeSpan LastOrders = TimeSpan.FromSeconds(8);

    private readonly IHostApplicationLifetime _lifetime;
    private int _turn;

    public Fleet(
        IStock stock, DemoOptions options, IOptionsMonitor<FleetOptions> fleet, TimeProvider time,
        IHostApplicationLifetime lifetime, ILogger<Fleet> log)
    {
        _lifetime = lifetime;
        Shops = [.. Enumerable.Range(1, Size).Select(
            number => new ShopSlot(number, stock, options, () => fleet.CurrentValue.ClosedFor, time, log))];
    }

    public IReadOnlyList<ShopSlot> Shops { get; }

    /// <summary>Starts the shops. The front listens only after all shops are open.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // The shops close as soon as the front stops, and not only after its last answer.
        _lifetime.ApplicationStopping.Register(() =>
        {
            foreach (var shop in Shops)
                shop.Close();
        });
        var sells = await Task.WhenAll(Shops.Select(shop => shop.StartAsync())).WaitAsync(cancellationToken);
        if (sells.Contains(false))
        {
            await StopAsync(CancellationToken.None);
            throw new DemoException("A shop ended before it was open. Its last lines above show the reason.");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Shops.Select(shop => shop.StopAsync(LastOrders)));

    /// <summary>
    /// Returns the requested shop, or else the next one in turn. Skips shops that are not open, and shops that have
    /// just failed. Null if no shop is usable.
    /// </summary>
    public OpenShop? Pick(int? wished, IReadOnlyCollection<OpenShop> failed)
    {
        var turn = (uint)Interlocked.Increment(ref _turn);
        OpenShop? Usable(ShopSlot slot) => slot.Open is { } open && !failed.Contains(open) ? open : null;
        if (wished is { } number && number >= 1 && number <= Size && Usable(Shops[number - 1]) is { } asked)
            return asked;
        return Enumerable.Range(0, Size)
            .Select(step => Usable(Shops[(int)((turn + (uint)step) % Size)]))
            .FirstOrDefault(open => open is not null);
    }

    /// <summary>Kills a shop, as kill -9 does. The shop is started again automatically.</summary>
    /// <param name="number">The number of the shop, from 1 to 3.</param>
    /// <param name="status">202; 404 if there is no such shop; 409 if it has no process at the moment.</param>
    public object Kill(int number, out int status)
    {
        if (number is < 1 or > Size)
        {
            status = StatusCodes.Status404NotFound;
            return new { title = $"There is no node {number}; the nodes are 1 to {Size}." };
        }
        if (Shops[number - 1].Kill() is not { } process)
        {
            status = StatusCodes.Status409Conflict;
            return new { title = $"Node {number} is down at the moment. It will start again automatically." };
        }
        status = StatusCodes.Status202Accepted;
        return new { node = number, process, kills = Shops[number - 1].Kills };
    }
}
