using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QueueAdmission;

/// <summary>Reports the health of all queues from their figures at the moment of the check.</summary>
internal sealed class QueueHealthCheck(JobQueueRegistry registry, QueueHealthOptions options) : IHealthCheck
{
    // The only state between two checks: the queues that were full and are not yet empty enough. It is filled only if
    // UnreadyWhenFull is on.
    private readonly ConcurrentDictionary<string, bool> _unready = new(QueueName.Comparer);

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>();
        List<string> unhealthy = [], degraded = [];
        foreach (var queue in registry.RequestQueues)
        {
            var figures = queue.Queue.ReadFigures();
            Describe(queue.Name, figures, data);
            if (HasStoodStillTooLong(figures))
            {
                unhealthy.Add(
                    $"{queue.Name}: {figures.Waiting} waiting, and no job has started or ended for " +
                    $"{Seconds(figures.Standstill)} s");
            }
            else if (options.UnreadyWhenFull && IsUnready(queue.Name, figures))
            {
                unhealthy.Add($"{queue.Name}: not ready, {figures.Waiting} of {figures.Places} places are taken");
            }
            else if (figures.IsFull)
            {
                degraded.Add(
                    $"{queue.Name}: full, {figures.WorkersInUse} of {figures.Workers} workers " +
                    $"and {figures.Waiting} of {figures.Places} places");
            }
            else if (queue.Refusals.IsRefusing)
            {
                degraded.Add($"{queue.Name}: refused requests within the last 10 s");
            }
        }
        if (registry.LastReload is { Succeeded: false } reload)
        {
            var errors = reload.Errors.Count == 1 ? "the error" : $"the {reload.Errors.Count} errors";
            degraded.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"the reload of the configuration at {reload.At:u} was rejected: see {errors} in the log; " +
                $"the previous settings are in force"));
        }

        var status = unhealthy.Count > 0 ? context.Registration.FailureStatus
            : degraded.Count > 0 ? HealthStatus.Degraded
            : HealthStatus.Healthy;
        var problems = string.Join("; ", unhealthy.Concat(degraded));
        var description = problems.Length > 0 ? problems : "No queue is full.";
        return Task.FromResult(new HealthCheckResult(status, description, data: data));
    }

    private bool HasStoodStillTooLong(in QueueFigures figures) =>
        options.UnhealthyAfterStandstill is { } limit
        && figures.State != JobQueueState.Paused
        && figures.Standstill >= limit;

    private bool IsUnready(string name, QueueFigures figures)
    {
        var emptyEnough = figures.Waiting <= figures.Places * options.ReadyAgainAt
            && (figures.Places > 0 || figures.WorkersInUse < figures.Workers);
        return _unready.AddOrUpdate(
            name, _ => figures.IsFull, (_, before) => figures.IsFull || (before && !emptyEnough));
    }

    private static void Describe(string name, in QueueFigures figures, Dictionary<string, object> data)
    {
        data[$"{name}.state"] = QueueTags.ValueOf(figures.State);
        data[$"{name}.workers"] = figures.Workers;
        data[$"{name}.running"] = figures.Running;
        data[$"{name}.places"] = figures.Places;
        data[$"{name}.waiting"] = figures.Waiting;
        data[$"{name}.longest_wait_seconds"] = figures.LongestWait.TotalSeconds;
        data[$"{name}.standstill_seconds"] = figures.Standstill.TotalSeconds;
        data[$"{name}.ran"] = figures.Ran;
        data[$"{name}.rejected"] = figures.Rejected;
        data[$"{name}.abandoned"] = figures.Abandoned;
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
}
