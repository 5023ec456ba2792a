using Microsoft.Extensions.Hosting;

namespace QueueAdmission;

/// <summary>Lets a stopping server stop.</summary>
internal static class Shutdown
{
    /// <summary>From <see cref="IHostApplicationLifetime.ApplicationStopping"/> on nobody waits: the server itself waits for every request it has, waiting ones included, before any hosted service hears of the stop.</summary>
    public static void RefuseWaitersWhenStopping(IHostApplicationLifetime lifetime, JobQueueRegistry registry) =>
        lifetime.ApplicationStopping.Register(() =>
        {
            foreach (var queue in registry)
                _ = queue.DrainAsync(rejectWaiting: true);
        });
}
