using QueueAdmission;

namespace WebDemo;

internal static class SoldOutSign
{
    /// <summary>
    /// Answers requests for the queue "checkout" at once when no lamp is left. It belongs before
    /// <c>UseQueuedAdmission</c>.
    /// </summary>
    public static void UseSoldOutSign(this WebApplication app)
    {
        var shop = app.Services.GetRequiredService<Shop>();
        app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<QueuedAttribute>() is not { QueueName: "checkout" })
                return next(context);
            context.Response.Headers.CacheControl = "no-store";
            return shop.Greet() ? next(context) : Results.Text(Shop.NoneLeft).ExecuteAsync(context);
        });
    }
}
