using QueueAdmission;

namespace WebDemo;

internal static class SoldOutSign
{
    /// <summary>
    /// Answers requests for a queue at once when no lamp is left. It belongs before <c>UseQueuedAdmission</c>.
    /// </summary>
    public static void UseSoldOutSign(this WebApplication app)
    {
        var shop = app.Services.GetRequiredService<Shop>();
        app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<QueuedAttribute>() is null)
                return next(context);
            context.Response.Headers.CacheControl = "no-store";
            return shop.Greet() ? next(context) : Results.Text(Shop.NoneLeft).ExecuteAsync(context);
        });
    }
}
