using QueueAdmission.Stores.Contract;
using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.Sqlite;

/// <summary>
/// The program of a process that uses a job file until it is killed, and records the results of the store.
/// </summary>
internal static class JobWorker
{
    public const int MaxClaimed = 20;
    public const string Kept = "kept";
    public const string Purged = "purged";

    private const string PathVariable = "QUEUEADMISSION_JOB_FILE";
    private const string KindVariable = "QUEUEADMISSION_JOB_WORKER";
    private const int MaxBatches = 400;

    public static ServerProcess Start(string path, string kind) => ServerProcess.Start(
        "env",
        $"{PathVariable}={path}",
        $"{KindVariable}={kind}",
        Path.Combine(AppContext.BaseDirectory, Path.GetFileNameWithoutExtension(typeof(JobWorker).Assembly.Location)),
        "-explicit",
        "only",
        "-method",
        $"{typeof(JobWorkerProgram).FullName}.{nameof(JobWorkerProgram.Run)}");

    public static void Run()
    {
        var path = Environment.GetEnvironmentVariable(PathVariable);
        Assert.NotNull(path);
        using var store = JobFile.Open(path, options => options.LockTimeout = TimeSpan.FromSeconds(20));
        store.Open();
        switch (Environment.GetEnvironmentVariable(KindVariable))
        {
            case "owner":
                Own(store, path);
                break;
            case "accept":
                Accept(store, path);
                break;
            default:
                var log = NewLogName(path);
                Thread[] threads =
                    [new(() => Accept(store, path)), new(() => Advance(store, log)), new(() => Purge(store))];
                Array.ForEach(threads, thread => thread.Start());
                Array.ForEach(threads, thread => thread.Join());
                break;
        }
    }

    private static string NewLogName(string path) => $"{path}.{Guid.NewGuid():N}";

    /// <summary>Becomes the owner, claims some jobs, and then waits until the process is killed.</summary>
    private static void Own(IJobStore store, string path)
    {
        using var log = new IdLog($"{path}.owned");
        Eventually.True(() => store.RenewOwner("owner").MayRun, () => "The right is not given.");
        log.Add(store.Advance("owner", [], [new JobClaim(Kept, MaxClaimed)]).Jobs.Select(job => job.Id));
        Thread.Sleep(Timeout.Infinite);
    }

    private static void Accept(IJobStore store, string path)
    {
        var random = new Random();
        using var log = new IdLog(NewLogName(path) + ".accepted");
        byte[][] sequences = [[1], [2], [3]];
        for (var batch = 0; batch < MaxBatches; batch++)
        {
            var queue = random.Next(2) == 0 ? Kept : Purged;
            var jobs = Enumerable.Range(0, random.Next(1, 20))
                .Select(_ => Jobs.New(
                    [(byte)random.Next(2), .. new byte[random.Next(3_000)]],
                    queue,
                    sequenceKey: random.Next(3) == 0 ? sequences[random.Next(3)] : null))
                .ToArray();
            Assert.All(store.Accept(jobs), acceptance => Assert.Equal(JobAcceptanceStatus.Accepted, acceptance.Status));
            log.Add(jobs.Where(job => job.Queue == Kept).Select(job => job.Id));
        }
    }

    private static void Advance(IJobStore store, string path)
    {
        var node = Guid.NewGuid().ToString("N");
        using var claimed = new IdLog(path + ".claimed");
        using var done = new IdLog(path + ".done");
        JobEnd[] ends = [];
        while (true)
        {
            if (!store.RenewOwner(node).MayRun)
            {
                Thread.Sleep(10);
                continue;
            }
            var advance = store.Advance(node, ends, [new JobClaim(Kept, MaxClaimed), new JobClaim(Purged, MaxClaimed)]);
            Assert.All(advance.Ends, Assert.True);
            done.Add(ends.Where(end => end is { Queue: Kept, Kind: JobEndKind.Done }).Select(end => end.Id));
            claimed.Add(advance.Jobs.Where(job => job.Queue == Kept).Select(job => job.Id));
            ends = [.. advance.Jobs.Select(job =>
                Jobs.EndOf(job, IsRetried(job.Payload) && job.Attempt == 1 ? JobEndKind.Retry : JobEndKind.Done))];
        }
    }

    /// <summary>Whether the first attempt of a job fails, as for about half of the jobs.</summary>
    private static bool IsRetried(byte[] payload) => payload[0] == 1;

    private static void Purge(IJobStore store)
    {
        while (true)
        {
            store.Purge(Purged, TimeSpan.Zero, 200);
            Thread.Sleep(5);
        }
    }
}
