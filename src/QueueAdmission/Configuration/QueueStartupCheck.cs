using Microsoft.Extensions.Hosting;

namespace QueueAdmission;

/// <summary>
/// Creates the queues when the host starts, even if nothing uses them yet, so that their settings are checked. The host
/// creates all hosted services before it starts the first of them.
/// </summary>
internal sealed class QueueStartupCheck : IHostedService
{
    public QueueStartupCheck(JobQueueRegistry registry) => ArgumentNullException.ThrowIfNull(registry);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
