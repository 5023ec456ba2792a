using static QueueAdmission.Testing.JobStoreTrial;

namespace QueueAdmission.Testing;

/// <summary>Checks of the import of jobs from another intake.</summary>
internal static class JobImportChecks
{
    public static IReadOnlyList<(string Name, Action<JobStoreTrial> Run)> All { get; } =
    [
        ("Imported jobs wait, and their position is known", StoresJobs),
        ("A position is imported once, even after its job has been purged", ImportsOnce),
        ("An import after a gap changes nothing", RefusesGaps),
        ("An import moves the position without jobs, and never back", MovesThePosition),
        ("Each source has a separate position", KeepsSourcesApart),
        ("An import is never refused", IgnoresTheLimit),
        ("Imported jobs keep their order and sequence", KeepsOrder),
        ("The id of an imported duplicate finds the first job", LeadsToTheFirst),
        ("An imported job with a reused key is a dead letter", BuriesReusedKeys),
        ("An imported job that the store already has changes nothing", KnowsJobs),
        ("Two importers of one source have the effect of one", RacesForASource),
    ];

    private static void StoresJobs(JobStoreTrial trial)
    {
        var source = NewSource();
        Expect(trial.Store.ReadPosition(source) == -1, "A source that was never imported has a position.");
        var jobs = new[] { trial.NewJob([7, 0, 255], priority: JobPriority.High), trial.NewJob() };
        ExpectPosition(Import(trial, source, -1, 9, (4, jobs[0]), (9, jobs[1])), 9);
        ExpectPosition(trial.Store.ReadPosition(source), 9);
        trial.ExpectCounts(2, waiting: 2);
        var found = trial.MustFind(jobs[0].Id, StoredJobState.Waiting);
        Expect(
            found.Payload.AsSpan().SequenceEqual((byte[])[7, 0, 255]) && found.Route == jobs[0].Route,
            "An imported job was read with other values than it has.");
        trial.Reopen();
        ExpectPosition(trial.Store.ReadPosition(source), 9);
        trial.Own();
        ExpectSame(jobs.Select(job => job.Id), trial.Claim().Select(job => job.Id), "Imported jobs were not claimed.");
    }

    private static void ImportsOnce(JobStoreTrial trial)
    {
        trial.Own();
        var source = NewSource();
        var (first, second, third) = (trial.NewJob(), trial.NewJob(), trial.NewJob());
        Import(trial, source, -1, 1, (0, first), (1, second));
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Done);
        Expect(trial.Store.Purge(trial.Queue, TimeSpan.Zero, 10) == 1, "A job that is done was not purged.");
        // A failed call is repeated, and the next importer starts at an earlier position.
        ExpectPosition(Import(trial, source, -1, 1, (0, first), (1, second)), 1);
        ExpectPosition(Import(trial, source, -1, 2, (0, first), (1, second), (2, third)), 2);
        trial.ExpectCounts(3, waiting: 2, done: 1);
        Expect(trial.Store.Find(first.Id) is null, "A job that was purged exists again after a second import.");
        ExpectSame(
            [second.Id, third.Id], trial.Claim().Select(job => job.Id), "A second import of a position had an effect.");
    }

    private static void RefusesGaps(JobStoreTrial trial)
    {
        var source = NewSource();
        var (first, second) = (trial.NewJob(), trial.NewJob());
        ExpectPosition(Import(trial, source, 4, 5, (5, first)), -1);
        Import(trial, source, -1, 2, (2, first));
        ExpectPosition(Import(trial, source, 3, 4, (4, second)), 2);
        ExpectPosition(trial.Store.ReadPosition(source), 2);
        trial.ExpectCounts(1, waiting: 1);
        ExpectPosition(Import(trial, source, 2, 4, (4, second)), 4);
        trial.ExpectCounts(2, waiting: 2);
    }

    private static void MovesThePosition(JobStoreTrial trial)
    {
        var source = NewSource();
        ExpectPosition(Import(trial, source, -1, 12), 12);
        ExpectPosition(Import(trial, source, -1, 3, (3, trial.NewJob())), 12);
        ExpectPosition(trial.Store.ReadPosition(source), 12);
        for (var i = 12; i < 700; i++)
        {
            Import(trial, source, i, i + 1);
        }
        ExpectPosition(trial.Store.ReadPosition(source), 700);
        trial.ExpectCounts(0);
    }

    private static void KeepsSourcesApart(JobStoreTrial trial)
    {
        var (source, other) = (NewSource(), NewSource());
        Import(trial, source, -1, 100);
        ExpectPosition(Import(trial, other, -1, 5, (5, trial.NewJob())), 5);
        ExpectPosition(trial.Store.ReadPosition(source), 100);
        trial.ExpectCounts(1, waiting: 1);
    }

    private static void IgnoresTheLimit(JobStoreTrial trial)
    {
        trial.MustAccept(trial.NewJob(maxWaiting: 1));
        Import(trial, NewSource(), -1, 1, (0, trial.NewJob(maxWaiting: 1)), (1, trial.NewJob(maxWaiting: 0)));
        trial.ExpectCounts(3, waiting: 3);
        Expect(
            trial.Accept(trial.NewJob(maxWaiting: 3))[0].Status == JobAcceptanceStatus.QueueFull,
            "Imported jobs do not count for the limit of a queue.");
    }

    private static void KeepsOrder(JobStoreTrial trial)
    {
        trial.Own();
        var key = NewKey();
        var jobs = Enumerable.Range(0, 6).Select(i => trial.NewJob(sequenceKey: i % 2 == 0 ? key : null)).ToArray();
        var (first, second) = (NewSource(), NewSource());
        Import(trial, first, -1, 3, [.. jobs.Take(4).Select((job, i) => ((long)i, job))]);
        Import(trial, second, -1, 3, [.. jobs.Skip(4).Select((job, i) => ((long)i, job))]);
        var claimed = trial.Claim();
        ExpectSame(
            [jobs[0].Id, jobs[1].Id, jobs[3].Id, jobs[5].Id],
            claimed.Select(job => job.Id),
            "Imported jobs were claimed in another order.");
        trial.MustEnd(claimed[0], JobEndKind.Done);
        Expect(
            trial.ClaimOne().Id == jobs[2].Id, "An imported job did not wait for the one before it in its sequence.");
    }

    private static void LeadsToTheFirst(JobStoreTrial trial)
    {
        trial.Own();
        var (key, print) = (NewKey(), NewKey());
        var first = trial.MustAccept(trial.NewJob(idempotencyKey: key, fingerprint: print))[0];
        var second = trial.NewJob(idempotencyKey: key, fingerprint: print);
        var third = trial.NewJob(idempotencyKey: key, fingerprint: print);
        Import(trial, NewSource(), -1, 1, (0, second), (1, third));
        trial.ExpectCounts(1, waiting: 1);
        Expect(
            trial.Store.Find(second.Id)?.Id == first,
            "The id of an imported duplicate does not find the first job.");
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Done, result: [5]);
        Expect(
            trial.Store.Find(third.Id) is { State: StoredJobState.Done, Result: [5] },
            "The id of an imported duplicate does not find the result of the first job.");
        Expect(trial.Store.Purge(trial.Queue, TimeSpan.Zero, 10) == 1, "A job that is done was not purged.");
        Expect(trial.Store.Find(second.Id) is null, "The id of an imported duplicate finds a job that was purged.");
        // The same holds within one import, even if the import contains an id twice.
        var (a, b) = (trial.NewJob(idempotencyKey: key), trial.NewJob(idempotencyKey: key));
        Import(trial, NewSource(), -1, 3, (0, a), (1, b), (2, b), (3, a));
        Expect(
            trial.Store.Find(b.Id)?.Id == a.Id,
            "The id of a duplicate in the same import does not find the first job.");
        trial.ExpectCounts(2, waiting: 1, done: 1);
    }

    private static void BuriesReusedKeys(JobStoreTrial trial)
    {
        trial.Own();
        var key = NewKey();
        var first = trial.MustAccept(trial.NewJob(idempotencyKey: key, fingerprint: NewKey()))[0];
        var other = trial.NewJob([3, 2, 1], idempotencyKey: key, fingerprint: NewKey(), sequenceKey: NewKey());
        var next = trial.NewJob(sequenceKey: other.SequenceKey);
        Import(trial, NewSource(), -1, 3, (0, other), (1, other), (3, next));
        trial.ExpectCounts(3, waiting: 2, dead: 1);
        var dead = trial.MustFind(other.Id, StoredJobState.Dead);
        Expect(
            dead.Reason == "key_reused" && dead.Payload.AsSpan().SequenceEqual((byte[])[3, 2, 1]),
            "A job with a reused key is a dead letter without its reason or its payload.");
        Expect(
            trial.Store.ListDead(trial.Queue, 10).Any(job => job.Id == other.Id),
            "A job with a reused key is not listed as a dead letter.");
        ExpectSame(
            [first, next.Id],
            trial.Claim().Select(job => job.Id),
            "A dead letter was claimed, or holds up its sequence.");
        Expect(trial.Store.Redrive(other.Id), "A job with a reused key cannot be run again.");
        trial.ExpectCounts(3, waiting: 1, running: 2);
    }

    private static void KnowsJobs(JobStoreTrial trial)
    {
        var job = trial.NewJob(idempotencyKey: NewKey());
        trial.MustAccept(job);
        var source = NewSource();
        ExpectPosition(Import(trial, source, -1, 8, (3, job), (8, job)), 8);
        trial.ExpectCounts(1, waiting: 1);
        Expect(
            trial.MustFind(job.Id, StoredJobState.Waiting).Id == job.Id,
            "A job that was imported again is found as another job.");
    }

    private static void RacesForASource(JobStoreTrial trial)
    {
        const int Count = 120;
        var source = NewSource();
        var jobs = Enumerable.Range(0, Count).Select(i => (Position: (long)i, Job: trial.NewJob())).ToArray();
        using var other = trial.OpenAnother();
        // One importer simulates a consumer that has lost its partition and does not know it yet.
        OnThreads(() => Run(trial.Store, 7), () => Run(other, 11));
        trial.CheckEquation();
        trial.ExpectCounts(Count, waiting: Count);
        ExpectPosition(trial.Store.ReadPosition(source), Count - 1);
        trial.Own();
        ExpectSame(
            jobs.Select(job => job.Job.Id),
            trial.Claim().Select(job => job.Id),
            "Two importers of one source stored other jobs than it has, or in another order.");

        void Run(IJobStore store, int step)
        {
            for (var after = -1L; after < Count - 1;)
            {
                var batch = jobs.Where(job => job.Position > after).Take(step).ToArray();
                var reached = store.Import(new JobImport
                {
                    Source = source,
                    After = after,
                    Last = batch[^1].Position,
                    Jobs = [.. batch.Select(job => new ImportedJob(job.Position, job.Job))],
                });
                Expect(reached >= batch[^1].Position, "An import went back.");
                after = batch[^1].Position;
            }
        }
    }

    private static string NewSource() => "log/" + Guid.NewGuid().ToString("N");

    private static long Import(
        JobStoreTrial trial, string source, long after, long last, params (long Position, AcceptedJob Job)[] jobs)
    {
        var position = trial.Store.Import(new JobImport
        {
            Source = source,
            After = after,
            Last = last,
            Jobs = [.. jobs.Select(job => new ImportedJob(job.Position, job.Job))],
        });
        trial.CheckEquation();
        return position;
    }

    private static void ExpectPosition(long position, long expected) =>
        Expect(position == expected, $"The position of a source is {position} instead of {expected}.");
}
