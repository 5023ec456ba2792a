using static QueueAdmission.Testing.JobStoreTrial;

namespace QueueAdmission.Testing;

/// <summary>Checks of <see cref="IJobIntake.Accept"/>.</summary>
internal static class JobAcceptChecks
{
    public static IEnumerable<(string Name, Action<JobStoreTrial> Run)> All =>
    [
        ("An accepted job is found unchanged", KeepsJobs),
        ("An accepted job is found after the store has been opened again", KeepsJobsForLater),
        ("An accepted job is found by another connection", SharesJobs),
        ("Payloads of any size and bytes are kept", KeepsPayloads),
        ("A full queue accepts no job, even within a batch", BoundsWaiting),
        ("A job that runs counts for the limit of a queue", BoundsRunning),
        ("The same key and fingerprint is a duplicate", FindsDuplicates),
        ("A duplicate in a batch does not fail the others", FindsDuplicatesInABatch),
        ("A duplicate is recognized even if the queue is full", FindsDuplicatesInAFullQueue),
        ("The same key with another fingerprint is refused", RefusesReusedKeys),
        ("A key belongs to one queue", KeepsKeysApart),
        ("A key is kept as long as its job", KeepsKeys),
        ("A job that is accepted again is a duplicate", TakesAnIdOnce),
        ("Any name of a queue works", TakesAnyQueueName),
        ("Calls without jobs change nothing", TakesNothing),
    ];

    private static void KeepsJobs(JobStoreTrial trial)
    {
        Expect(trial.Store.Find(Guid.NewGuid()) is null, "An unknown id was found.");
        trial.ExpectCounts(0);
        var id = trial.MustAccept(trial.NewJob([9, 0, 255]))[0];
        trial.ExpectCounts(1, waiting: 1);
        Expect(
            trial.Counts.OldestWaiting == SomeTime,
            $"The oldest job was accepted at {SomeTime}, and {trial.Counts.OldestWaiting} was read.");
        var found = trial.MustFind(id, StoredJobState.Waiting);
        Expect(
            found.Id == id && found.Queue == trial.Queue && found.Route == "POST /contract/{id}",
            "A job was found with another id, queue or route.");
        Expect(found.AcceptedAt == SomeTime, $"A job was accepted at {SomeTime}, and {found.AcceptedAt} was read.");
        Expect(
            found.Payload.AsSpan().SequenceEqual((byte[])[9, 0, 255]),
            "The payload was read with other bytes than written.");
        Expect(
            found is { Attempts: 0, Result: null, Reason: null },
            "A job that never ran has attempts, a result or a reason.");
    }

    private static void KeepsJobsForLater(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept([.. Enumerable.Range(0, 4).Select(_ => trial.NewJob())]);
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Done, result: [7]);
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Dead, reason: "It is broken.");
        trial.Store.Cancel(ids[2]);
        trial.Reopen();
        trial.ExpectCounts(4, waiting: 1, done: 1, dead: 1, cancelled: 1);
        Expect(
            trial.MustFind(ids[0], StoredJobState.Done).Result.AsSpan().SequenceEqual((byte[])[7]),
            "The result was lost when the store was opened again.");
        Expect(
            trial.MustFind(ids[1], StoredJobState.Dead).Reason == "It is broken.",
            "The reason was lost when the store was opened again.");
        trial.MustFind(ids[2], StoredJobState.Cancelled);
        trial.MustFind(ids[3], StoredJobState.Waiting);
        trial.Own();
        Expect(trial.ClaimOne().Id == ids[3], "Another job than the one that waits was claimed.");
    }

    private static void SharesJobs(JobStoreTrial trial)
    {
        trial.Own();
        using var other = trial.OpenAnother();
        var job = trial.NewJob();
        var acceptance = other.Accept([job]);
        Expect(acceptance[0].Status == JobAcceptanceStatus.Accepted, "A second connection cannot accept jobs.");
        trial.MustFind(job.Id, StoredJobState.Waiting);
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Done, result: [1]);
        Expect(
            other.Find(job.Id)?.State == StoredJobState.Done, "A second connection does not see that a job is done.");
    }

    private static void KeepsPayloads(JobStoreTrial trial)
    {
        trial.Own();
        var random = new Random(1);
        byte[][] payloads = [[], [0], new byte[1_000], new byte[65_537], new byte[1_048_576]];
        foreach (var payload in payloads)
        {
            random.NextBytes(payload);
            var id = trial.MustAccept(trial.NewJob(payload))[0];
            Expect(
                trial.MustFind(id, StoredJobState.Waiting).Payload.AsSpan().SequenceEqual(payload),
                $"A payload of {payload.Length} bytes was read with other bytes.");
            var claimed = trial.ClaimOne();
            Expect(
                claimed.Payload.AsSpan().SequenceEqual(payload),
                $"A payload of {payload.Length} bytes was claimed with other bytes.");
            trial.MustEnd(claimed, JobEndKind.Done, result: payload);
            var result = trial.MustFind(id, StoredJobState.Done).Result;
            Expect(
                result is not null && result.AsSpan().SequenceEqual(payload),
                $"A result of {payload.Length} bytes was read with other bytes.");
        }
    }

    private static void BoundsWaiting(JobStoreTrial trial)
    {
        var result = trial.Accept([.. Enumerable.Range(0, 5).Select(_ => trial.NewJob(maxWaiting: 3))]);
        Expect(
            result.Select(acceptance => acceptance.Status).SequenceEqual(
                [
                    JobAcceptanceStatus.Accepted, JobAcceptanceStatus.Accepted, JobAcceptanceStatus.Accepted,
                    JobAcceptanceStatus.QueueFull, JobAcceptanceStatus.QueueFull
                ]),
            "Five jobs were passed to a queue that accepts three, and became "
            + $"{string.Join(", ", result.Select(acceptance => acceptance.Status))}.");
        trial.ExpectCounts(3, waiting: 3);
        Expect(trial.Store.Find(result[3].Id) is null, "A job that did not fit was stored.");
        Expect(
            trial.Accept(trial.NewJob(maxWaiting: 4))[0].Status == JobAcceptanceStatus.Accepted,
            "A larger limit has no effect.");
        Expect(
            trial.Accept(trial.NewJob(maxWaiting: 3))[0].Status == JobAcceptanceStatus.QueueFull,
            "A smaller limit has no effect.");
        var other = trial.Queue + "-other";
        Expect(
            trial.Accept(trial.NewJob(queue: other, maxWaiting: 1))[0].Status == JobAcceptanceStatus.Accepted,
            "The limit of a queue holds for another queue.");
        var closed = trial.Accept(trial.NewJob(queue: other + "-closed", maxWaiting: 0))[0];
        Expect(closed.Status == JobAcceptanceStatus.QueueFull, "A limit of 0 has no effect.");
        CheckEquation(trial.CountsOf(other));
    }

    private static void BoundsRunning(JobStoreTrial trial)
    {
        trial.Own();
        trial.MustAccept(trial.NewJob(), trial.NewJob());
        var first = trial.ClaimOne();
        Expect(
            trial.Accept(trial.NewJob(maxWaiting: 2))[0].Status == JobAcceptanceStatus.QueueFull,
            "A job that runs does not count for the limit.");
        trial.MustEnd(first, JobEndKind.Done);
        Expect(
            trial.Accept(trial.NewJob(maxWaiting: 2))[0].Status == JobAcceptanceStatus.Accepted,
            "A job that is done counts for the limit.");
        trial.ExpectCounts(3, waiting: 2, done: 1);
    }

    private static void FindsDuplicates(JobStoreTrial trial)
    {
        var (key, print) = (NewKey(), NewKey());
        var first = trial.MustAccept(trial.NewJob(idempotencyKey: key, fingerprint: print))[0];
        ExpectStatus(
            trial.Accept(trial.NewJob(idempotencyKey: key, fingerprint: print))[0],
            JobAcceptanceStatus.Duplicate,
            first);
        trial.ExpectCounts(1, waiting: 1);
        trial.MustAccept(trial.NewJob(), trial.NewJob(idempotencyKey: NewKey(), fingerprint: print));
        var bare = NewKey();
        var second = trial.MustAccept(trial.NewJob(idempotencyKey: bare))[0];
        ExpectStatus(trial.Accept(trial.NewJob(idempotencyKey: bare))[0], JobAcceptanceStatus.Duplicate, second);
        ExpectStatus(
            trial.Accept(trial.NewJob(idempotencyKey: bare, fingerprint: print))[0],
            JobAcceptanceStatus.KeyReused,
            second);
    }

    private static void FindsDuplicatesInABatch(JobStoreTrial trial)
    {
        var (key, print) = (NewKey(), NewKey());
        var jobs = new[]
        {
            trial.NewJob(),
            trial.NewJob(idempotencyKey: key, fingerprint: print),
            trial.NewJob(idempotencyKey: key, fingerprint: print),
            trial.NewJob(idempotencyKey: key, fingerprint: NewKey()),
            trial.NewJob(),
        };
        var result = trial.Accept(jobs);
        ExpectStatus(result[0], JobAcceptanceStatus.Accepted, jobs[0].Id);
        ExpectStatus(result[1], JobAcceptanceStatus.Accepted, jobs[1].Id);
        ExpectStatus(result[2], JobAcceptanceStatus.Duplicate, jobs[1].Id);
        ExpectStatus(result[3], JobAcceptanceStatus.KeyReused, jobs[1].Id);
        ExpectStatus(result[4], JobAcceptanceStatus.Accepted, jobs[4].Id);
        Expect(trial.Store.Find(jobs[2].Id) is null && trial.Store.Find(jobs[3].Id) is null, "A duplicate was stored.");
        trial.MustFind(jobs[4].Id, StoredJobState.Waiting);
        trial.ExpectCounts(3, waiting: 3);
    }

    private static void FindsDuplicatesInAFullQueue(JobStoreTrial trial)
    {
        var job = trial.NewJob(idempotencyKey: NewKey(), maxWaiting: 1);
        trial.MustAccept(job);
        ExpectStatus(
            trial.Accept(trial.NewJob(idempotencyKey: job.IdempotencyKey, maxWaiting: 1))[0],
            JobAcceptanceStatus.Duplicate,
            job.Id);
        ExpectStatus(trial.Accept(job)[0], JobAcceptanceStatus.Duplicate, job.Id);
    }

    private static void RefusesReusedKeys(JobStoreTrial trial)
    {
        var key = NewKey();
        var first = trial.MustAccept(trial.NewJob(idempotencyKey: key, fingerprint: NewKey()))[0];
        ExpectStatus(
            trial.Accept(trial.NewJob(idempotencyKey: key, fingerprint: NewKey()))[0],
            JobAcceptanceStatus.KeyReused,
            first);
        ExpectStatus(trial.Accept(trial.NewJob(idempotencyKey: key))[0], JobAcceptanceStatus.KeyReused, first);
        trial.ExpectCounts(1, waiting: 1);
    }

    private static void KeepsKeysApart(JobStoreTrial trial)
    {
        var (key, other) = (NewKey(), trial.Queue + "-other");
        trial.MustAccept(trial.NewJob(idempotencyKey: key), trial.NewJob(queue: other, idempotencyKey: key));
        CheckEquation(trial.CountsOf(other));
    }

    private static void KeepsKeys(JobStoreTrial trial)
    {
        trial.Own();
        var key = NewKey();
        var first = trial.MustAccept(trial.NewJob(idempotencyKey: key))[0];
        var claimed = trial.ClaimOne();
        ExpectStatus(trial.Accept(trial.NewJob(idempotencyKey: key))[0], JobAcceptanceStatus.Duplicate, first);
        trial.MustEnd(claimed, JobEndKind.Done);
        ExpectStatus(trial.Accept(trial.NewJob(idempotencyKey: key))[0], JobAcceptanceStatus.Duplicate, first);
        Expect(trial.Store.Purge(trial.Queue, TimeSpan.Zero, 10) == 1, "A job that is done was not purged.");
        trial.MustAccept(trial.NewJob(idempotencyKey: key));
        trial.ExpectCounts(2, waiting: 1, done: 1);
    }

    private static void TakesAnIdOnce(JobStoreTrial trial)
    {
        var (job, other) = (trial.NewJob(), trial.NewJob());
        trial.MustAccept(job);
        var result = trial.Accept(job, other, other);
        ExpectStatus(result[0], JobAcceptanceStatus.Duplicate, job.Id);
        ExpectStatus(result[1], JobAcceptanceStatus.Accepted, other.Id);
        ExpectStatus(result[2], JobAcceptanceStatus.Duplicate, other.Id);
        trial.ExpectCounts(2, waiting: 2);
    }

    private static void TakesAnyQueueName(JobStoreTrial trial)
    {
        trial.Own();
        string[] names = ["'; DROP TABLE x; -- ", "\u00fc\u20ac\U0001f600/", "A", "a", new string('n', 150)];
        foreach (var name in names)
        {
            var queue = name + trial.Queue;
            var id = trial.MustAccept(trial.NewJob(queue: queue))[0];
            var claimed = trial.Advance([], new JobClaim(queue, 10)).Jobs;
            ExpectSame([id], claimed.Select(job => job.Id), $"The job of the queue '{queue}' was not claimed.");
            Expect(claimed[0].Queue == queue, "A claimed job has the name of another queue.");
            Expect(trial.CountsOf(queue).Running == 1, $"The queue '{queue}' has no separate counts.");
        }
    }

    private static void TakesNothing(JobStoreTrial trial)
    {
        trial.Accept();
        Expect(trial.Advance([]) is { Jobs.Count: 0, NextDue: null }, "Jobs were claimed that were not requested.");
        Expect(
            trial.Advance([], new JobClaim(trial.Queue, 1)) is { Jobs.Count: 0, NextDue: null },
            "Jobs of a queue that never had one were claimed.");
        Expect(
            trial.Store.Purge(trial.Queue, TimeSpan.Zero, 1) == 0, "Jobs of a queue that never had one were purged.");
        trial.ExpectCounts(0);
    }

    private static void ExpectStatus(JobAcceptance acceptance, JobAcceptanceStatus status, Guid id) =>
        Expect(
            acceptance == new JobAcceptance(status, id),
            $"A job became {acceptance.Status} of {acceptance.Id} instead of {status} of {id}.");
}
