using static QueueAdmission.Testing.JobStoreTrial;

namespace QueueAdmission.Testing;

/// <summary>Checks of jobs with a <see cref="AcceptedJob.SequenceKey"/>.</summary>
internal static class JobSequenceChecks
{
    public static IEnumerable<(string Name, Action<JobStoreTrial> Run)> All =>
    [
        ("Jobs with one sequence key run one after the other", RunsOneAfterTheOther),
        ("A job that is retried or returned holds its sequence", HoldsWhileRetried),
        ("A dead letter frees its sequence", FreesWhenDead),
        ("A cancelled job frees its sequence", FreesWhenCancelled),
        ("A re-driven job is the last of its sequence", QueuesTheRedriven),
        ("A higher priority does not overtake its sequence", KeepsTheOrderOfPriorities),
        ("A sequence belongs to one queue", KeepsQueuesApart),
        ("A sequence continues after its jobs have been purged", GoesOnAfterPurge),
        ("A long sequence does not hide the jobs behind it", ShowsJobsBehind),
    ];

    private static void RunsOneAfterTheOther(JobStoreTrial trial)
    {
        trial.Own();
        var (a, b) = (NewKey(), NewKey());
        var ids = trial.MustAccept(
            trial.NewJob(sequenceKey: a), trial.NewJob(sequenceKey: a), trial.NewJob(sequenceKey: b), trial.NewJob(),
            trial.NewJob(sequenceKey: a));
        var claimed = trial.Claim();
        ExpectSame(
            [ids[0], ids[2], ids[3]],
            claimed.Select(job => job.Id),
            "Not exactly the first job of each sequence was claimed.");
        Expect(trial.Claim().Count == 0, "A job was claimed while an earlier one of its sequence runs.");
        // One call contains the end of a job and the claim of the next one.
        var next = trial.Advance([EndOf(claimed[0], JobEndKind.Done)], new JobClaim(trial.Queue, 10)).Jobs;
        ExpectSame(
            [ids[1]],
            next.Select(job => job.Id),
            "The next job of a sequence was not claimed with the end of the first.");
        trial.MustEnd(next[0], JobEndKind.Done);
        ExpectSame([ids[4]], trial.Claim().Select(job => job.Id), "The last job of a sequence was not claimed.");
    }

    private static void HoldsWhileRetried(JobStoreTrial trial)
    {
        trial.Own();
        var key = NewKey();
        var ids = trial.MustAccept(trial.NewJob(sequenceKey: key), trial.NewJob(sequenceKey: key));
        trial.MustEnd(trial.ClaimOne(), JobEndKind.GivenBack);
        var first = trial.ClaimOne();
        Expect(first.Id == ids[0], "A job overtook an earlier one of its sequence that was returned.");
        trial.MustEnd(first, JobEndKind.Retry);
        first = trial.ClaimOne();
        Expect(first.Id == ids[0], "A job overtook an earlier one of its sequence that is retried.");
        trial.MustEnd(first, JobEndKind.Retry, TimeSpan.FromHours(1));
        Expect(trial.Claim().Count == 0, "A job overtook an earlier one of its sequence that waits for its time.");
        trial.Reopen();
        trial.Own();
        Expect(
            trial.Claim().Count == 0,
            "A job overtook an earlier one of its sequence after the store was opened again.");
    }

    private static void FreesWhenDead(JobStoreTrial trial)
    {
        trial.Own();
        var key = NewKey();
        var ids = trial.MustAccept(trial.NewJob(sequenceKey: key), trial.NewJob(sequenceKey: key));
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Dead);
        ExpectSame([ids[1]], trial.Claim().Select(job => job.Id), "A dead letter holds its sequence.");
    }

    private static void FreesWhenCancelled(JobStoreTrial trial)
    {
        trial.Own();
        var key = NewKey();
        var ids = trial.MustAccept([.. Enumerable.Range(0, 4).Select(_ => trial.NewJob(sequenceKey: key))]);
        Expect(
            trial.Store.Cancel(ids[0]) && trial.Store.Cancel(ids[2]),
            "A job that waits for others of its sequence cannot be cancelled.");
        trial.CheckEquation();
        var claimed = trial.ClaimOne();
        Expect(claimed.Id == ids[1], "A cancelled job holds its sequence.");
        trial.MustEnd(claimed, JobEndKind.Done);
        ExpectSame([ids[3]], trial.Claim().Select(job => job.Id), "A cancelled job holds its sequence.");
    }

    private static void QueuesTheRedriven(JobStoreTrial trial)
    {
        trial.Own();
        var key = NewKey();
        var ids = trial.MustAccept([.. Enumerable.Range(0, 3).Select(_ => trial.NewJob(sequenceKey: key))]);
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Dead);
        var second = trial.ClaimOne();
        Expect(trial.Store.Redrive(ids[0]), "A dead letter cannot be re-driven.");
        trial.CheckEquation();
        Expect(trial.Claim().Count == 0, "A re-driven job was claimed while another one of its sequence runs.");
        trial.MustEnd(second, JobEndKind.Retry);
        second = trial.ClaimOne();
        Expect(second.Id == ids[1], "A re-driven job overtook one of its sequence that is retried.");
        trial.MustEnd(second, JobEndKind.Done);
        var third = trial.ClaimOne();
        Expect(third.Id == ids[2], "A re-driven job is not behind the others of its sequence.");
        trial.MustEnd(third, JobEndKind.Done);
        ExpectSame(
            [ids[0]], trial.Claim().Select(job => job.Id), "A re-driven job was not claimed when its turn came.");
    }

    private static void KeepsTheOrderOfPriorities(JobStoreTrial trial)
    {
        trial.Own();
        var key = NewKey();
        var ids = trial.MustAccept(
            trial.NewJob(sequenceKey: key, priority: JobPriority.Low),
            trial.NewJob(sequenceKey: key, priority: JobPriority.Critical), trial.NewJob());
        ExpectSame(
            [ids[2], ids[0]],
            trial.Claim().Select(job => job.Id),
            "A job of a higher priority overtook an earlier one of its sequence.");
    }

    private static void KeepsQueuesApart(JobStoreTrial trial)
    {
        trial.Own();
        var (key, other) = (NewKey(), trial.Queue + "-other");
        trial.MustAccept(trial.NewJob(sequenceKey: key), trial.NewJob(queue: other, sequenceKey: key));
        Expect(
            trial.Advance([], new JobClaim(trial.Queue, 5), new JobClaim(other, 5)).Jobs.Count == 2,
            "A job waits for one of another queue with the same sequence key.");
    }

    private static void GoesOnAfterPurge(JobStoreTrial trial)
    {
        trial.Own();
        var key = NewKey();
        var ids = trial.MustAccept([.. Enumerable.Range(0, 3).Select(_ => trial.NewJob(sequenceKey: key))]);
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Done);
        Expect(trial.Store.Purge(trial.Queue, TimeSpan.Zero, 10) == 1, "A job that is done was not purged.");
        var second = trial.ClaimOne();
        Expect(second.Id == ids[1], "Purging disturbed a sequence.");
        Expect(trial.Store.Purge(trial.Queue, TimeSpan.Zero, 10) == 0, "A job that runs was purged.");
        trial.MustEnd(second, JobEndKind.Done);
        ExpectSame([ids[2]], trial.Claim().Select(job => job.Id), "Purging disturbed a sequence.");
    }

    private static void ShowsJobsBehind(JobStoreTrial trial)
    {
        trial.Own();
        var key = NewKey();
        trial.MustAccept([.. Enumerable.Range(0, 2_000).Select(_ => trial.NewJob(sequenceKey: key))]);
        var last = trial.MustAccept(trial.NewJob())[0];
        Expect(
            trial.Claim(2).Any(job => job.Id == last),
            "A job was not claimed because many jobs of one sequence wait ahead of it.");
    }
}
