using QueueAdmission;

namespace ClusterDemo;

/// <summary>What the shop knows about the stock without asking for it.</summary>
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

    /// <summary>The stock was seen. Views may come out of order; an older one changes nothing.</summary>
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
