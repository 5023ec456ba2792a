using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;

namespace QueueAdmission.Doubles;

/// <summary>A middleware in front of the others that records the outcome of each request.</summary>
internal sealed class StatusWatch
{
    /// <summary>The status codes, or the names of the exceptions, in the order in which the requests ended.</summary>
    public ConcurrentQueue<string> Ends { get; } = [];

    public void Use(WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
            Ends.Enqueue($"{context.Response.StatusCode}");
        }
        catch (Exception exception)
        {
            Ends.Enqueue(exception.GetType().Name);
            throw;
        }
    });

    public Task SawAsync(int count) =>
        Eventually.TrueAsync(() => Ends.Count >= count, $"Of {count} requests only {Ends.Count} ended.");
}
