using Microsoft.Data.Sqlite;
using QueueAdmission;

namespace PostDemo;

/// <summary>Counts the posts in the store of the jobs, and their rows in the target table.</summary>
internal sealed class Counter(IDeferredJobs jobs, PostTable table, WorkerSlot worker, KafkaBacklog? kafka = null)
{
    /// <summary>Whether an exception says that a file cannot be used now.</summary>
    public static bool IsFailure(Exception exception) => exception is JobStoreException or SqliteException;

    public async Task<Books> ReadAsync()
    {
        // The row of a job is written before the job is done, and the rows are counted after the jobs. Every job that
        // counts as done therefore has a row.
        var queue = (await jobs.ReadQueuesAsync()).FirstOrDefault(queue => queue.Queue == "posts");
        var target = table.Read();
        return new Books(
            queue?.Accepted ?? 0,
            queue?.Waiting ?? 0,
            queue?.Running ?? 0,
            queue?.Done ?? 0,
            queue?.Dead ?? 0,
            queue?.Cancelled ?? 0,
            queue?.Discarded ?? 0,
            target.Rows,
            target.Repeated,
            target.Interrupted,
            worker.Kills,
            worker.State.ToString().ToLowerInvariant(),
            worker.ProcessId,
            kafka?.Count());
    }
}
