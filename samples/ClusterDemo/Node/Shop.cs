using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;
using QueueAdmission;

namespace ClusterDemo;

/// <summary>Sells lamps from the stock that it shares with the other shops.</summary>
internal sealed class Shop(
    IStock stock, DoorSign sign, NodeIdentity node, IOptionsMonitor<ShopOptions> options, TimeProvider time,
    ILogger<Shop> log) : BackgroundService
{
    public const string GotOne = "you got one";
    public const string NoneLeft = "sold out";

    /// <summary>The header with the order's id, which the front assigns. The stock sells once for each id.</summary>
    public const string OrderHeader = "X-Order";

    /// <summary>The header with the milliseconds that the order has waited for a worker.</summary>
    public const string WaitedHeader = "X-Waited";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentQueue<StockJob> _leftovers = [];

    /// <summary>
    /// Processes one order on a worker. An order that has begun is finished, even if the buyer has left.
    /// </summary>
    public async Task<string> BuyAsync(HttpContext context)
    {
        var order = context.Request.Headers[OrderHeader] is [{ Length: > 0 and <= 40 } id] ? id : NewId();
        if (context.Features.Get<IQueueFeature>() is { Waited: var waited } && waited > TimeSpan.Zero)
            context.Response.Headers[WaitedHeader] =
                ((long)waited.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        var job = new StockJob(NewId(), node.Number, node.Generation);
        try
        {
            var view = await stock.BeginAsync(job);
            sign.Show(view);
            if (view.Stock > 0)
                await Task.Delay(options.CurrentValue.OrderTime, time);
            // The sale is the last step of the order. Another shop may have sold the last lamp by now, and a process
            // that was killed before this line has sold nothing.
            var sale = await stock.EndAsync(job, view.Stock > 0 ? order : null);
            sign.Show(sale.View);
            return sale.IsSold ? GotOne : NoneLeft;
        }
        catch
        {
            // The job no longer runs, but the store may still count it as running. Its end is recorded later.
            _leftovers.Enqueue(job);
            throw;
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // The jobs of an earlier process of this shop have ended with that process.
        await stock.ClearAsync(node.Number, node.Generation);
        await sign.LookAsync();
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await sign.LookAsync();
                while (_leftovers.TryPeek(out var job))
                {
                    await stock.EndAsync(job, null);
                    _leftovers.TryDequeue(out _);
                }
            }
            catch (Exception exception) when (DemoServer.IsFailure(exception))
            {
                log.StockIsAway(exception.Message);
            }
        }
    }

    private static string NewId() => Guid.NewGuid().ToString("N");
}
