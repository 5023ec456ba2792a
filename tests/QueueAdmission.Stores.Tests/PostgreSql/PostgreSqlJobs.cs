using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission.PostgreSql;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>Opens stores of deferred jobs like an application does, and creates jobs.</summary>
internal static class PostgreSqlJobs
{
    public static PostgreSqlJobStore Open(
        string? connectionString,
        Action<PostgreSqlJobStoreOptions>? configure = null,
        ILogger? logger = null,
        IReadOnlyList<string>? steps = null,
        JobPartitions? partitions = null)
    {
        var options = new PostgreSqlJobStoreOptions { CallTimeout = TimeSpan.FromSeconds(15) };
        configure?.Invoke(options);
        return new(() => connectionString, options, logger ?? NullLogger.Instance, steps, partitions);
    }

    public static string NewQueue() => $"queue-{Guid.NewGuid():N}";

    public static string NewNode() => $"node-{Guid.NewGuid():N}";

    public static AcceptedJob NewJob(
        string queue, byte[]? payload = null, byte[]? sequenceKey = null, byte[]? idempotencyKey = null) => new()
        {
            Id = Guid.CreateVersion7(),
            Queue = queue,
            Route = "POST /posts",
            Payload = payload ?? [1],
            AcceptedAt = DateTimeOffset.UnixEpoch.AddYears(56),
            MaxWaiting = long.MaxValue,
            SequenceKey = sequenceKey,
            IdempotencyKey = idempotencyKey,
        };

    public static AcceptedJob[] NewJobs(string queue, int count, int size = 100) =>
        [.. Enumerable.Range(0, count).Select(_ => NewJob(queue, new byte[size]))];

    public static JobEnd Done(ClaimedJob job) =>
        new() { Id = job.Id, Queue = job.Queue, Claim = job.Claim, Kind = JobEndKind.Done, Result = [2] };

    public static JobStoreCounts CountsOf(IJobStore store, string queue) =>
        store.ReadCounts().Single(counts => counts.Queue == queue);

    public static void CheckEquation(JobStoreCounts c)
    {
        Assert.Equal(c.Accepted, c.Waiting + c.Running + c.Done + c.Dead + c.Cancelled + c.Discarded);
        Assert.True(c.Waiting >= 0 && c.Running >= 0, $"{c.Waiting} wait and {c.Running} run.");
    }

    /// <summary>
    /// Makes a call of the store, and returns false if the server is unreachable. Tests repeat the call until it
    /// succeeds.
    /// </summary>
    public static bool Succeeds(Action call)
    {
        try
        {
            call();
            return true;
        }
        catch (JobStoreException exception) when (exception.Problem == JobStoreProblem.Unreachable)
        {
            return false;
        }
    }
}
