using static QueueAdmission.Testing.JobStoreTrial;

namespace QueueAdmission.Testing;

/// <summary>Checks with many jobs, many threads, and random calls.</summary>
internal static class JobLoadChecks
{
    public static IEnumerable<(string Name, Action<JobStoreTrial> Run)> All =>
    [
        ("10,000 jobs are accepted, claimed and done in one call each", TakesManyJobs),
        ("Calls from several threads neither lose nor duplicate jobs", TakesManyThreads),
        ("Random calls give the results of the store in memory", trial => FollowsTheModel(trial, seed: 1)),
        ("Other random calls give the results of the store in memory", trial => FollowsTheModel(trial, seed: 2)),
    ];

    private static void TakesManyJobs(JobStoreTrial trial)
    {
        const int count = 10_000;
        trial.Own();
        var ids = trial.MustAccept([.. Enumerable.Range(0, count).Select(_ => trial.NewJob())]);
        trial.ExpectCounts(count, waiting: count);
        var claimed = trial.Claim(count);
        Expect(claimed.Select(job => job.Id).SequenceEqual(ids), "10,000 jobs were not claimed in one call in order.");
        var ends = trial.Advance([.. claimed.Select(job => EndOf(job, JobEndKind.Done, result: [1]))]).Ends;
        Expect(ends.All(isCounted => isCounted), "10,000 ends in one call did not all count.");
        trial.ExpectCounts(count, done: count);
        Expect(
            trial.Store.Purge(trial.Queue, TimeSpan.Zero, count + 1) == count,
            "10,000 jobs were not purged in one call.");
    }

    private static void TakesManyThreads(JobStoreTrial trial)
    {
        const int batches = 40;
        const int batch = 25;
        const int total = 2 * batches * batch;
        trial.Own();
        var first = trial.MustAccept(trial.NewJob())[0];
        var ids = new Guid[2][];
        var attempts = new Dictionary<Guid, int>();
        void Accept(int index)
        {
            List<Guid> accepted = [];
            for (var i = 0; i < batches; i++)
            {
                accepted.AddRange(
                    trial.MustAccept([.. Enumerable.Range(0, batch).Select(_ => trial.NewJob(new byte[500]))]));
            }
            ids[index] = [.. accepted];
        }
        void Run()
        {
            List<JobEnd> ends = [];
            for (var done = 0; done < total + 1;)
            {
                var advance = trial.Advance(ends, new JobClaim(trial.Queue, 30));
                Expect(advance.Ends.All(isCounted => isCounted), "An end that arrived in time was refused.");
                done += ends.Count(end => end.Kind == JobEndKind.Done);
                foreach (var job in advance.Jobs)
                {
                    attempts[job.Id] = attempts.GetValueOrDefault(job.Id) + 1;
                    Expect(
                        attempts[job.Id] == job.Attempt, "A job was claimed twice, or an attempt got another number.");
                }
                ends = [.. advance.Jobs.Select((job, i) =>
                    EndOf(job, job.Attempt == 1 && i % 5 == 0 ? JobEndKind.Retry : JobEndKind.Done, result: [1]))];
            }
        }
        void Read()
        {
            for (var i = 0; i < 200; i++)
            {
                Expect(trial.Store.Find(first) is not null, "A job was not found while others are accepted.");
                trial.CheckEquation();
                trial.Store.ListDead(trial.Queue, 5);
            }
        }
        OnThreads(() => Accept(0), () => Accept(1), Run, Read, Read);
        trial.ExpectCounts(total + 1, done: total + 1);
        Expect(ids.SelectMany(some => some).All(attempts.ContainsKey), "A job was accepted and never claimed.");
    }

    /// <summary>Makes each call on the tested store and on a store in memory, and compares the results.</summary>
    private static void FollowsTheModel(JobStoreTrial trial, int seed)
    {
        trial.Own();
        using var model = new InMemoryJobStore().Open();
        model.RenewOwner("model");
        var calls = new JobRandomCalls(trial, model, new Random(seed));
        for (var i = 0; i < 400; i++)
        {
            calls.Next();
        }
        calls.CompareAll();
    }
}
