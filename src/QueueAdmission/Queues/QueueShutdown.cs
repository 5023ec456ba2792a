using Microsoft.Extensions.Hosting;

namespace QueueAdmission;

/// <summary>Makes the host wait for pushed jobs when it stops, for at most its shutdown timeout.</summary>
/// <remarks>
/// The wait is in <see cref="StoppedAsync"/> and not in <see cref="StopAsync"/>. Other hosted services may push their
/// last jobs while they stop, and some of them stop after this service.
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
