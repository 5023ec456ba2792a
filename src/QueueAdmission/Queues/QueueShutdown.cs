using Microsoft.Extensions.Hosting;

namespace QueueAdmission;

/// <summary>Lets pushed jobs end before the host does, within its shutdown timeout.</summary>
/// <remarks>
/// Not in <see cref="StopAsync"/>: other hosted services stop before and after this one, and may push their last work
/// then.
/// </remarks>
internal sealed class QueueShutdown(JobQueueRegistry registry) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => registry.WaitForPushedJobsAsync(cancellationToken);
}
