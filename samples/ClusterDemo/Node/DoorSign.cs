using QueueAdmission;

namespace ClusterDemo;

/// <summary>The last known stock, which needs no call to the store.</summary>
internal sealed class DoorSign(IStock stock)
{
    private readonly Lock _lock = new();
    private StockView _seen = new(0, 0, 0, 0, -1);

    public bool IsSoldOut
    {
        get
        {
            lock (_lock)
                return _seen.Stock == 0;
        }
    }

    /// <summary>Records a view of the stock. Views may arrive out of order. An older view changes nothing.</summary>
    public void Show(StockView view)
    {
        lock (_lock)
        {
            if (view.Changes >= _seen.Changes)
                _seen = view;
        }
    }

    public async Task LookAsync() => Show(await stock.ReadAsync());
}

internal static class DoorSignMiddleware
{
    /// <summary>
    /// Answers requests for a queue at once when no lamp is left. It belongs before <c>UseQueuedAdmission</c>.
    /// </summary>
    public static void UseDoorSign(this WebApplication app)
    {
        var sign = app.Services.GetRequiredService<DoorSign>();
        app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<QueuedAttribute>() is null)
                return next(context);
            context.Response.Headers.CacheControl = "no-store";
            return sign.IsSoldOut ? Results.Text(Shop.NoneLeft).ExecuteAsync(context) : next(context);
        });
    }
}
