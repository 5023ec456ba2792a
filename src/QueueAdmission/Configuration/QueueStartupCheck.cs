using Microsoft.Extensions.Hosting;

namespace QueueAdmission;

/// <summary>
/// Creates the queues, and so checks their settings, when the host starts, also if nothing uses them yet. The host
/// makes its hosted services before it starts the first of them.
/// </summary>
internal sealed class QueueStartupCheck : IHostedService
{
    public QueueStartupCheck(JobQueueRegistry registry) => ArgumentNullException.ThrowIfNull(registry);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
