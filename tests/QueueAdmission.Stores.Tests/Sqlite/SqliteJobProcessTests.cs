using QueueAdmission.Stores.Contract;
using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.Sqlite;

/// <summary>Tests several processes on one file, and processes that are killed.</summary>
public sealed class SqliteJobProcessTests : IDisposable
{
    private const int Kills = 24;
    private const int Alive = 3;

    private readonly JobFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Store_ProcessesAreKilledAtRandomMoments_LosesNothingThatItHasAcknowledged()
    {
        var folder = Path.GetDirectoryName(_file.Path)!;
        var random = new Random();
        using var store = _file.Open(options => options.LockTimeout = TimeSpan.FromSeconds(20));
        store.Open();
        List<ServerProcess> workers = [.. Enumerable.Range(0, Alive).Select(_ => JobWorker.Start(_file.Path, "all"))];
        try
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                var seen = Directory.GetFiles(folder, "*.accepted").Length;
                Eventually.True(
                    () => IdLog.Read(folder, "*.accepted").Count > 0 && workers.All(worker => !worker.HasExited),
                    () => string.Join('\n', workers.Select(worker => worker.Output)));
                Thread.Sleep(random.Next(100));
                // Usually the oldest process may run jobs, and the others only accept jobs.
                var victim = workers[kill % 2 == 0 ? 0 : random.Next(workers.Count)];
                victim.Kill();
                victim.Dispose();
                workers.Remove(victim);
                workers.Add(JobWorker.Start(_file.Path, "all"));
                store.ReadCounts().ToList().ForEach(counts => Jobs.AssertEquation(store, counts.Queue));
                Eventually.True(
                    () => Directory.GetFiles(folder, "*.accepted").Length > seen || kill < Alive,
                    () => string.Join('\n', workers.Select(worker => worker.Output)));
            }
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }

        Drain(store);

        var accepted = IdLog.Read(folder, "*.accepted");
        var claimed = IdLog.Read(folder, "*.claimed").CountBy(id => id).ToDictionary();
        Assert.NotEmpty(accepted);
        Assert.NotEmpty(claimed);
        var kept = Jobs.AssertEquation(store, JobWorker.Kept);
        Assert.True(
            kept.Accepted >= accepted.Count,
            $"{accepted.Count} jobs were acknowledged, and {kept.Accepted} are there.");
        Assert.Equal((kept.Accepted, 0L, 0L, 0L), (kept.Done, kept.Dead, kept.Waiting, kept.Running));
        var found = accepted.Select(store.Find).ToList();
        Assert.All(found, job => Assert.Equal(StoredJobState.Done, job?.State));
        Assert.All(IdLog.Read(folder, "*.done"), id => Assert.Equal(StoredJobState.Done, store.Find(id)?.State));
        // Each claim is an attempt. Besides the first attempt and one retry, a job has only attempts that a kill has
        // interrupted.
        Assert.All(
            found, job => Assert.True(claimed.GetValueOrDefault(job!.Id) <= job.Attempts, "A claim was not counted."));
        var lost = found.Sum(job => Math.Max(0, job!.Attempts - 2));
        Assert.True(lost <= (Kills + Alive) * JobWorker.MaxClaimed, $"{lost} attempts were lost in {Kills} kills.");
        Jobs.AssertEquation(store, JobWorker.Purged);
        JobFileChecks.AssertConsistent(_file.Path, isPurged: true);
    }

    [Fact]
    public void RenewOwner_OwnerIsKilled_PassesOnWithItsJobsWithinASecond()
    {
        using var store = _file.Open();
        store.Accept([.. Enumerable.Range(0, 3).Select(_ => Jobs.New(queue: JobWorker.Kept))]);
        using var owner = JobWorker.Start(_file.Path, "owner");
        Eventually.True(() => Owned().Count == 3, () => owner.Output);
        Assert.False(store.RenewOwner("next").MayRun);

        owner.Kill();

        var (ownership, renewals) = RenewUntilMayRun(store);
        Assert.Equal(3, ownership.Recovered);
        // A busy machine may need a while to end the process. On an idle machine the first or second renewal succeeds.
        Assert.True(renewals <= 20, $"The right came after {renewals} renewals.");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Renewals every {store.RenewalInterval.TotalMilliseconds} ms until the right was given: {renewals}");
        var again = store.Advance("next", [], [new JobClaim(JobWorker.Kept, 10)]).Jobs;
        Assert.Equal(Owned(), again.Select(job => job.Id));
        Assert.All(again, job => Assert.Equal(2, job.Attempt));
    }

    [Fact]
    public void RenewOwner_OwnerIsFrozen_KeepsTheRightUntilItIsEnded()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes cannot be frozen here.");
        using var store = _file.Open();
        store.Accept([Jobs.New(queue: JobWorker.Kept)]);
        using var owner = JobWorker.Start(_file.Path, "owner");
        Eventually.True(() => Owned().Count == 1, () => owner.Output);

        owner.Signal("STOP");

        for (var i = 0; i < 8; i++)
        {
            Assert.False(store.RenewOwner("next").MayRun);
            Thread.Sleep(store.RenewalInterval);
        }
        store.Accept([Jobs.New(queue: JobWorker.Kept)]);
        Assert.Equal(
            (1, 1),
            (Jobs.AssertEquation(store, JobWorker.Kept).Running, Jobs.AssertEquation(store, JobWorker.Kept).Waiting));
        owner.Kill();
        Assert.Equal(1, RenewUntilMayRun(store).Ownership.Recovered);
    }

    [Fact]
    public void Accept_TwoProcessesAtFullSpeed_BothGetTheirTurns()
    {
        using var other = JobWorker.Start(_file.Path, "accept");
        using var store = _file.Open(options => options.LockTimeout = TimeSpan.FromSeconds(20));
        var folder = Path.GetDirectoryName(_file.Path)!;
        Eventually.True(() => IdLog.Read(folder, "*.accepted").Count > 0, () => other.Output);

        var own = 0;
        while (!other.HasExited && own < 40_000)
        {
            own += store.Accept([.. Enumerable.Range(0, 10).Select(_ => Jobs.New(queue: JobWorker.Kept))])
                .Count(acceptance => acceptance.Status == JobAcceptanceStatus.Accepted);
        }
        Eventually.True(() => other.HasExited, () => other.Output);

        Assert.True(other.ExitCode == 0, other.Output);
        Assert.True(own > 0);
        Assert.Equal(own + IdLog.Read(folder, "*.accepted").Count, Jobs.AssertEquation(store, JobWorker.Kept).Accepted);
        JobFileChecks.AssertConsistent(_file.Path);
    }

    private static (JobOwnership Ownership, int Renewals) RenewUntilMayRun(IJobStore store)
    {
        JobOwnership ownership = default;
        var renewals = 0;
        Eventually.True(
            () =>
            {
                if (renewals > 0)
                {
                    Thread.Sleep(store.RenewalInterval);
                }
                renewals++;
                ownership = store.RenewOwner("next");
                return ownership.MayRun;
            },
            () => "The right is not given.");
        return (ownership, renewals);
    }

    private static void Drain(IJobStore store)
    {
        Eventually.True(() => store.RenewOwner("last").MayRun, () => "The right is not given.");
        JobEnd[] ends = [];
        do
        {
            var advance = store.Advance(
                "last", ends, [new JobClaim(JobWorker.Kept, 500), new JobClaim(JobWorker.Purged, 500)]);
            Assert.All(advance.Ends, Assert.True);
            ends = [.. advance.Jobs.Select(job => Jobs.EndOf(job, JobEndKind.Done))];
        }
        while (ends.Length > 0);
    }

    private List<Guid> Owned() => IdLog.Read(Path.GetDirectoryName(_file.Path)!, "*.owned");
}
