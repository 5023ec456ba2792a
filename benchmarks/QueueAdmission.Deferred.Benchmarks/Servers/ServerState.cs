namespace QueueAdmission.Deferred.Benchmarks.Servers;

/// <summary>The progress and the memory of the server process.</summary>
/// <param name="Accepted">The number of accepted posts according to the store. 0 for rivals.</param>
/// <param name="Done">The number of finished posts according to the store. 0 for rivals.</param>
/// <param name="Ran">The number of handler runs.</param>
/// <param name="Heap">The size of the managed heap in bytes, after a collection.</param>
/// <param name="Resident">The resident set size of the process in bytes.</param>
internal sealed record ServerState(long Accepted, long Done, int Ran, long Heap, long Resident)
{
    public static async Task<ServerState> ReadAsync(IServiceProvider services)
    {
        var queues = services.GetService<IDeferredJobs>() is { } jobs ? await jobs.ReadQueuesAsync() : [];
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        return new ServerState(
            queues.Sum(queue => queue.Accepted),
            queues.Sum(queue => queue.Done),
            PostHandlers.Ran,
            heap,
            Environment.WorkingSet);
    }
}
