using static QueueAdmission.Testing.JobStoreTrial;

namespace QueueAdmission.Testing;

/// <summary>Checks of the right to run jobs.</summary>
internal static class JobOwnerChecks
{
    public static IEnumerable<(string Name, Action<JobStoreTrial> Run)> All =>
    [
        ("A node that may not run jobs gets none", RefusesForeignNodes),
        ("A node that renews keeps its jobs", KeepsJobsOfTheLiving),
        ("Jobs of a lost node wait again, and the attempt counts", RecoversJobs),
        ("Late ends of a lost node are refused", RefusesEndsOfTheLost),
        ("Jobs of a node that resigns wait again, and the attempt does not count", GivesBackWhenResigning),
        ("A recovered job holds its sequence and its place", RecoversInOrder),
        ("Resigning without the right changes nothing", ResignsHarmlessly),
    ];

    private static void RefusesForeignNodes(JobStoreTrial trial)
    {
        trial.MustAccept(trial.NewJob());
        Expect(trial.Claim().Count == 0, "A node without the right to run jobs claimed jobs.");
        trial.Own();
        Expect(
            trial.Store.Advance(NewNode(), [], [new JobClaim(trial.Queue, 1)]).Jobs.Count == 0,
            "A node without the right to run jobs claimed jobs.");
        Expect(trial.Claim().Count == 1, "A node that may run jobs got none.");
        trial.Store.ResignOwner(trial.Node);
        Expect(trial.Claim().Count == 0, "A node claimed jobs after it had resigned.");
    }

    private static void KeepsJobsOfTheLiving(JobStoreTrial trial)
    {
        trial.Own();
        trial.MustAccept(trial.NewJob());
        var claimed = trial.ClaimOne();
        for (var i = 0; i < 3; i++)
        {
            Expect(trial.Store.RenewOwner(trial.Node).MayRun, "A node that renewed its right to run jobs lost it.");
        }
        using var other = trial.OpenAnother();
        var node = NewNode();
        other.RenewOwner(node);
        trial.ExpectCounts(1, running: 1);
        other.ResignOwner(node);
        trial.MustEnd(claimed, JobEndKind.Done);
    }

    private static void RecoversJobs(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept(trial.NewJob(), trial.NewJob(), trial.NewJob());
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Done);
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Retry);
        trial.Claim(2);
        trial.ExpectCounts(3, running: 2, done: 1);
        trial.Reopen();
        RecoverAll(trial);
        trial.ExpectCounts(3, waiting: 2, done: 1);
        Expect(
            trial.MustFind(ids[1], StoredJobState.Waiting).Attempts == 2,
            "The attempt of a lost node did not count.");
        Expect(
            trial.MustFind(ids[2], StoredJobState.Waiting).Attempts == 1,
            "The attempt of a lost node did not count.");
        var claimed = trial.Claim();
        ExpectSame(
            [ids[1], ids[2]], claimed.Select(job => job.Id), "Jobs of a lost node were not claimed again.");
        Expect(
            claimed[0].Attempt == 3 && claimed[1].Attempt == 2,
            "An attempt after the loss of a node has another number.");
    }

    private static void RefusesEndsOfTheLost(JobStoreTrial trial)
    {
        trial.Own();
        var id = trial.MustAccept(trial.NewJob())[0];
        var (lost, node) = (trial.ClaimOne(), trial.Node);
        trial.Reopen();
        RecoverAll(trial);
        Expect(
            !trial.Store.Advance(node, [EndOf(lost, JobEndKind.Done)], []).Ends[0],
            "An end of a lost node counted.");
        Expect(!trial.End(lost, JobEndKind.Done), "An end of a lost node counted.");
        var claimed = trial.ClaimOne();
        Expect(claimed.Claim != lost.Claim, "Two claims of one job have the same number.");
        Expect(!trial.End(lost, JobEndKind.Retry), "An end of a lost node counted.");
        trial.MustFind(id, StoredJobState.Running);
        trial.MustEnd(claimed, JobEndKind.Done);
    }

    private static void GivesBackWhenResigning(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept(trial.NewJob(), trial.NewJob(), trial.NewJob());
        var claimed = trial.Claim(2);
        trial.Store.ResignOwner(trial.Node);
        trial.ExpectCounts(3, waiting: 3);
        Expect(
            trial.MustFind(ids[0], StoredJobState.Waiting).Attempts == 0,
            "An attempt of a node that resigned counted.");
        Expect(!trial.End(claimed[0], JobEndKind.Done), "An end of a node that resigned counted.");
        using var other = trial.OpenAnother();
        var node = NewNode();
        WaitUntil(() => other.RenewOwner(node).MayRun, "No other node may run jobs 30 seconds after one resigned.");
        var again = other.Advance(node, [], [new JobClaim(trial.Queue, 10)]).Jobs;
        other.ResignOwner(node);
        ExpectSame(ids, again.Select(job => job.Id), "Jobs of a node that resigned were not claimed again in order.");
        Expect(again.All(job => job.Attempt == 1), "An attempt of a node that resigned counted.");
    }

    private static void RecoversInOrder(JobStoreTrial trial)
    {
        trial.Own();
        var key = NewKey();
        var ids = trial.MustAccept(trial.NewJob(sequenceKey: key), trial.NewJob(sequenceKey: key), trial.NewJob());
        trial.Claim(1);
        trial.Reopen();
        RecoverAll(trial);
        ExpectSame(
            [ids[0], ids[2]],
            trial.Claim().Select(job => job.Id),
            "A job of a lost node lost its place or its sequence.");
    }

    private static void ResignsHarmlessly(JobStoreTrial trial)
    {
        trial.Store.ResignOwner(trial.Node);
        trial.Own();
        trial.MustAccept(trial.NewJob());
        var claimed = trial.ClaimOne();
        trial.Store.ResignOwner(NewNode());
        trial.ExpectCounts(1, running: 1);
        trial.MustEnd(claimed, JobEndKind.Done);
    }

    /// <summary>
    /// Renews the right to run jobs until no job of a lost node runs. In a store with leases, this takes until the
    /// lease of the lost node has ended.
    /// </summary>
    private static void RecoverAll(JobStoreTrial trial)
    {
        var recovered = trial.Own();
        WaitUntil(
            () =>
            {
                recovered += trial.Store.RenewOwner(trial.Node).Recovered;
                return trial.Counts.Running == 0;
            },
            "Jobs of a lost node did not wait again within 30 seconds.");
        trial.CheckEquation();
        Expect(recovered > 0, "Jobs were recovered, and their number was not returned.");
    }
}
