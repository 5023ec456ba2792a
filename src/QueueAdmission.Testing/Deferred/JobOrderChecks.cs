using static QueueAdmission.Testing.JobStoreTrial;

namespace QueueAdmission.Testing;

/// <summary>Checks of the order in which <see cref="IJobStore.Advance"/> claims jobs.</summary>
internal static class JobOrderChecks
{
    public static IEnumerable<(string Name, Action<JobStoreTrial> Run)> All =>
    [
        ("Jobs are claimed in the order in which they were accepted", ClaimsInOrder),
        ("Jobs of a higher priority are claimed first", ClaimsByPriority),
        ("A claimed job is unchanged", ClaimsWhatWasGiven),
        ("No more jobs are claimed than requested", ClaimsUpToMax),
        ("Several queues are claimed in one call", ClaimsOfSeveralQueues),
        ("A job is claimed once", ClaimsOnce),
        ("A retried job keeps its place", KeepsThePlaceOfRetries),
        ("A job that is not due is not claimed, and the time until it is due is returned", WaitsUntilDue),
        ("A job that has become due is claimed", ClaimsWhenDue),
        ("The jobs ahead are counted", CountsAhead),
    ];

    private static void ClaimsInOrder(JobStoreTrial trial)
    {
        trial.Own();
        List<Guid> ids = [];
        for (var i = 0; i < 5; i++)
        {
            ids.AddRange(trial.MustAccept([.. Enumerable.Range(0, 20).Select(_ => trial.NewJob())]));
        }
        ExpectSame(
            ids.Take(30),
            trial.Claim(30).Select(job => job.Id),
            "Jobs were not claimed in the order in which they were accepted.");
        ExpectSame(
            ids.Skip(30),
            trial.Claim().Select(job => job.Id),
            "Jobs were not claimed in the order in which they were accepted.");
    }

    private static void ClaimsByPriority(JobStoreTrial trial)
    {
        trial.Own();
        JobPriority[] priorities =
        [
            JobPriority.Normal, JobPriority.Low, JobPriority.Critical, JobPriority.High, JobPriority.Normal,
            JobPriority.Critical, JobPriority.Low
        ];
        var ids = trial.MustAccept([.. priorities.Select(priority => trial.NewJob(priority: priority))]);
        int[] order = [2, 5, 3, 0, 4, 1, 6];
        var claimed = trial.Claim(3).Concat(trial.Claim()).ToArray();
        ExpectSame(order.Select(i => ids[i]), claimed.Select(job => job.Id), "Jobs were not claimed by priority.");
        Expect(
            claimed.Select(job => job.Priority).SequenceEqual(order.Select(i => priorities[i])),
            "A job was claimed with another priority.");
    }

    private static void ClaimsWhatWasGiven(JobStoreTrial trial)
    {
        trial.Own();
        var job = new AcceptedJob
        {
            Id = Guid.NewGuid(),
            Queue = trial.Queue,
            Route = "PUT /\u00fc/{id}",
            Payload = [1, 0, 255],
            AcceptedAt = SomeTime.AddTicks(1),
            MaxWaiting = 10,
            Priority = JobPriority.High,
            Weight = 3,
        };
        trial.MustAccept(job);
        var claimed = trial.ClaimOne();
        Expect(
            (claimed.Id, claimed.Queue, claimed.Route, claimed.Priority, claimed.Weight, claimed.Attempt)
                == (job.Id, job.Queue, job.Route, job.Priority, 3, 1),
            "A job was claimed with another id, queue, route, priority, weight or attempt.");
        Expect(
            (claimed.AcceptedAt - job.AcceptedAt).Duration() < TimeSpan.FromMilliseconds(1),
            "A job was claimed with another time of acceptance.");
        Expect(claimed.Payload.AsSpan().SequenceEqual(job.Payload), "A job was claimed with another payload.");
        trial.ExpectCounts(1, running: 1);
    }

    private static void ClaimsUpToMax(JobStoreTrial trial)
    {
        trial.Own();
        trial.MustAccept([.. Enumerable.Range(0, 5).Select(_ => trial.NewJob())]);
        Expect(trial.Claim(2).Count == 2, "Two of five jobs were requested, and another number was claimed.");
        trial.ExpectCounts(5, waiting: 3, running: 2);
        Expect(
            trial.Claim(1).Count == 1 && trial.Claim(10).Count == 2 && trial.Claim(10).Count == 0,
            "The number of claimed jobs is wrong.");
    }

    private static void ClaimsOfSeveralQueues(JobStoreTrial trial)
    {
        trial.Own();
        string[] queues = [trial.Queue, trial.Queue + "-b", trial.Queue + "-c"];
        trial.MustAccept([.. Enumerable.Range(0, 9).Select(i => trial.NewJob(queue: queues[i % 3]))]);
        var jobs = trial.Advance([], new JobClaim(queues[0], 2), new JobClaim(queues[1], 1)).Jobs;
        Expect(
            jobs.Count(job => job.Queue == queues[0]) == 2 && jobs.Count(job => job.Queue == queues[1]) == 1
                && jobs.Count == 3,
            "The number of jobs that were claimed of each queue is wrong.");
        Array.ForEach(queues, queue => CheckEquation(trial.CountsOf(queue)));
        Expect(
            trial.CountsOf(queues[2]) is { Waiting: 3, Running: 0 },
            "A job was claimed of a queue of which none was requested.");
    }

    private static void ClaimsOnce(JobStoreTrial trial)
    {
        trial.Own();
        using var other = trial.OpenAnother();
        var node = NewNode();
        var mayOtherRun = other.RenewOwner(node).MayRun;
        trial.MustAccept([.. Enumerable.Range(0, 100).Select(_ => trial.NewJob())]);
        var ids = new List<Guid>();
        for (var i = 0; i < 40; i++)
        {
            ids.AddRange(trial.Claim(2).Select(job => job.Id));
            ids.AddRange(other.Advance(node, [], [new JobClaim(trial.Queue, 2)]).Jobs.Select(job => job.Id));
        }
        if (mayOtherRun)
        {
            other.ResignOwner(node);
        }
        ids.AddRange(trial.Claim().Select(job => job.Id).Where(id => !mayOtherRun || !ids.Contains(id)));
        Expect(
            ids.Count == 100 && ids.Distinct().Count() == 100,
            $"{ids.Distinct().Count()} of 100 jobs were claimed in {ids.Count} claims.");
    }

    private static void KeepsThePlaceOfRetries(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept(trial.NewJob(), trial.NewJob(), trial.NewJob());
        var first = trial.ClaimOne();
        var second = trial.ClaimOne();
        trial.MustEnd(second, JobEndKind.Retry);
        trial.MustEnd(first, JobEndKind.GivenBack);
        ExpectSame(ids, trial.Claim().Select(job => job.Id), "Jobs that were retried or returned lost their place.");
    }

    private static void WaitsUntilDue(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept(trial.NewJob(), trial.NewJob(), trial.NewJob());
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Retry, TimeSpan.FromHours(2));
        var advance = trial.Advance(
            [EndOf(trial.ClaimOne(), JobEndKind.Retry, TimeSpan.FromHours(1))], new JobClaim(trial.Queue, 10));
        ExpectSame([ids[2]], advance.Jobs.Select(job => job.Id), "Not only the job that is due was claimed.");
        Expect(
            advance.NextDue is { } next && next <= TimeSpan.FromHours(1) && next > TimeSpan.FromMinutes(59),
            $"A job is due in an hour, and {advance.NextDue} was returned.");
        Expect(trial.Claim().Count == 0, "A job that is not due was claimed.");
        Expect(
            trial.Advance([], new JobClaim(trial.Queue + "-other", 1)).NextDue is null,
            "The time of another queue was returned.");
        trial.ExpectCounts(3, waiting: 2, running: 1);
    }

    private static void ClaimsWhenDue(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept(trial.NewJob(), trial.NewJob(), trial.NewJob());
        var claimed = trial.Claim(2);
        var started = TimeProvider.System.GetTimestamp();
        trial.MustEnd(claimed[0], JobEndKind.Retry, TimeSpan.FromMilliseconds(300));
        trial.MustEnd(claimed[1], JobEndKind.Retry, TimeSpan.FromMilliseconds(150));
        List<Guid> order = [];
        WaitUntil(
            () =>
            {
                var advance = trial.Advance([], new JobClaim(trial.Queue, 10));
                order.AddRange(advance.Jobs.Select(job => job.Id));
                var isEarly = order.Contains(ids[0])
                    && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMilliseconds(250);
                Expect(!isEarly, "A job was claimed before it was due.");
                Expect(
                    advance.NextDue is null || advance.NextDue <= TimeSpan.FromMilliseconds(300),
                    $"The time until the next job is {advance.NextDue}.");
                return order.Count == 3;
            },
            "A job that became due was not claimed within 30 seconds.");
        Expect(order[0] == ids[2], "A job was claimed before it was due.");
    }

    private static void CountsAhead(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept([.. Enumerable.Range(0, 20).Select(_ => trial.NewJob())]);
        Expect(
            trial.MustFind(ids[0], StoredJobState.Waiting).Ahead is 0 or null,
            "A job was counted ahead of the first one.");
        Expect(
            trial.MustFind(ids[19], StoredJobState.Waiting).Ahead is 19 or null,
            "19 jobs wait ahead, and another number was counted.");
        trial.Claim(5);
        Expect(
            trial.MustFind(ids[19], StoredJobState.Waiting).Ahead is 14 or null,
            "14 jobs wait ahead, and another number was counted.");
        Expect(
            trial.MustFind(ids[0], StoredJobState.Running).Ahead is null, "Jobs were counted ahead of one that runs.");
    }
}
