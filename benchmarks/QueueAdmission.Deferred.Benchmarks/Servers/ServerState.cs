namespace QueueAdmission.Deferred.Benchmarks.Servers;

/// <summary>How far the process is.</summary>
/// <param name="Accepted">Posts that were accepted, as the store counts them; 0 for rivals.</param>
/// <param name="Done">Posts that are done, as the store counts them; 0 for rivals.</param>
/// <param name="Ran">Handlers that ran.</param>
/// <param name="Heap">The managed heap, after a collection.</param>
/// <param name="Resident">The resident set of the process.</param>
internal sealed record ServerState(long Accepted, long Done, int Ran, long Heap, long Resident)
{
    public static async Task<ServerState> ReadAsync(IServiceProvider services)
    {
        var queues = services.GetService<IDeferredJobs>() is { } jobs ? await jobs.ReadQueuesAsync() : [];
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        return new ServerState(
            queues.Sum(queue => queue.Accepted), queues.Sum(queue => queue.Done), PostHandlers.Ran, heap, Environment.WorkingSet);
    }
}
