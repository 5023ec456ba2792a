using static QueueAdmission.Testing.JobStoreTrial;

namespace QueueAdmission.Testing;

/// <summary>Checks of the ends of attempts.</summary>
internal static class JobEndChecks
{
    public static IEnumerable<(string Name, Action<JobStoreTrial> Run)> All =>
    [
        ("A job that is done has its result and no payload", KeepsResults),
        ("A retried job waits with its reason, and the attempt counts", CountsRetries),
        ("A job that is returned waits, and the attempt does not count", DoesNotCountGivenBack),
        ("A dead letter keeps its payload and its reason", KeepsDeadLetters),
        ("An end counts once", EndsOnce),
        ("An end of an earlier claim is refused", RefusesLateEnds),
        ("An end of an unknown job is refused, and does not fail the others", RefusesUnknownEnds),
    ];

    private static void KeepsResults(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept(trial.NewJob(), trial.NewJob());
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Done, result: [4, 5]);
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Done);
        trial.ExpectCounts(2, done: 2);
        var job = trial.MustFind(ids[0], StoredJobState.Done);
        Expect(job.Result.AsSpan().SequenceEqual((byte[])[4, 5]), "The result was read with other bytes than written.");
        Expect(job.Payload is null, "The payload of a job that is done is kept.");
        Expect(job.Attempts == 1, $"A job that is done after one attempt has {job.Attempts} attempts.");
        Expect(
            trial.MustFind(ids[1], StoredJobState.Done) is { Result: null, Payload: null },
            "A job without a result has one.");
    }

    private static void CountsRetries(JobStoreTrial trial)
    {
        trial.Own();
        var id = trial.MustAccept(trial.NewJob([6]))[0];
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var claimed = trial.ClaimOne();
            Expect(claimed.Attempt == attempt, $"Attempt {attempt} has the number {claimed.Attempt}.");
            trial.ExpectCounts(1, running: 1);
            trial.MustEnd(claimed, JobEndKind.Retry, reason: $"Failure {attempt}.");
            trial.ExpectCounts(1, waiting: 1);
            var job = trial.MustFind(id, StoredJobState.Waiting);
            Expect(
                job.Attempts == attempt && job.Reason == $"Failure {attempt}.",
                $"After {attempt} failures a job has {job.Attempts} attempts and the reason '{job.Reason}'.");
            Expect(job.Payload.AsSpan().SequenceEqual((byte[])[6]), "The payload of a retried job was lost.");
        }
    }

    private static void DoesNotCountGivenBack(JobStoreTrial trial)
    {
        trial.Own();
        var id = trial.MustAccept(trial.NewJob())[0];
        for (var i = 0; i < 3; i++)
        {
            var claimed = trial.ClaimOne();
            Expect(
                claimed.Attempt == 1,
                $"An attempt that was returned counted: the next one is attempt {claimed.Attempt}.");
            trial.MustEnd(claimed, JobEndKind.GivenBack);
            Expect(trial.MustFind(id, StoredJobState.Waiting).Attempts == 0, "An attempt that was returned counted.");
        }
        trial.ExpectCounts(1, waiting: 1);
    }

    private static void KeepsDeadLetters(JobStoreTrial trial)
    {
        trial.Own();
        var id = trial.MustAccept(trial.NewJob([8]))[0];
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Dead, reason: "\u00fc It is broken.");
        trial.ExpectCounts(1, dead: 1);
        var job = trial.MustFind(id, StoredJobState.Dead);
        Expect(job.Payload.AsSpan().SequenceEqual((byte[])[8]), "The payload of a dead letter was lost.");
        Expect(
            job.Reason == "\u00fc It is broken." && job.Attempts == 1,
            $"A dead letter has {job.Attempts} attempts and the reason '{job.Reason}'.");
        Expect(trial.Claim().Count == 0, "A dead letter was claimed.");
    }

    private static void EndsOnce(JobStoreTrial trial)
    {
        trial.Own();
        var id = trial.MustAccept(trial.NewJob())[0];
        var claimed = trial.ClaimOne();
        var ends = trial.Advance(
            [EndOf(claimed, JobEndKind.Done, result: [1]), EndOf(claimed, JobEndKind.Done, result: [2])]).Ends;
        Expect(ends[0] && !ends[1], "Two ends of one claim counted in one call.");
        Expect(
            !trial.End(claimed, JobEndKind.Retry) && !trial.End(claimed, JobEndKind.Dead),
            "A job that is done ended again.");
        Expect(
            trial.MustFind(id, StoredJobState.Done).Result.AsSpan().SequenceEqual((byte[])[1]),
            "An end that was refused changed the result.");
        trial.ExpectCounts(1, done: 1);
    }

    private static void RefusesLateEnds(JobStoreTrial trial)
    {
        trial.Own();
        var id = trial.MustAccept(trial.NewJob())[0];
        var early = trial.ClaimOne();
        trial.MustEnd(early, JobEndKind.GivenBack);
        Expect(!trial.End(early, JobEndKind.Done), "An end counted while the job waits.");
        var late = trial.ClaimOne();
        Expect(late.Claim != early.Claim, "Two claims of one job have the same number.");
        foreach (var kind in Enum.GetValues<JobEndKind>())
        {
            Expect(!trial.End(early, kind, result: [1]), $"The end '{kind}' of an earlier claim counted.");
        }
        trial.MustFind(id, StoredJobState.Running);
        trial.ExpectCounts(1, running: 1);
        trial.MustEnd(late, JobEndKind.Dead);
        Expect(trial.Store.Redrive(id), "A dead letter cannot be re-driven.");
        var again = trial.ClaimOne();
        Expect(again.Claim != late.Claim && again.Claim != early.Claim, "Two claims of one job have the same number.");
        Expect(
            !trial.End(late, JobEndKind.Done) && !trial.End(early, JobEndKind.Done),
            "The end of a claim before the re-drive counted.");
        trial.MustEnd(again, JobEndKind.Done);
    }

    private static void RefusesUnknownEnds(JobStoreTrial trial)
    {
        trial.Own();
        trial.MustAccept(trial.NewJob());
        var claimed = trial.ClaimOne();
        var unknown = new JobEnd
        {
            Id = Guid.NewGuid(),
            Queue = trial.Queue,
            Claim = claimed.Claim,
            Kind = JobEndKind.Done,
        };
        var ends = trial.Advance([unknown, EndOf(claimed, JobEndKind.Done)]).Ends;
        Expect(!ends[0] && ends[1], "An end of an unknown job counted, or failed another one.");
        trial.ExpectCounts(1, done: 1);
    }
}
