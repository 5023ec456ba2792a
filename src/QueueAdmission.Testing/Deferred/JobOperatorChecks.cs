using static QueueAdmission.Testing.JobStoreTrial;

namespace QueueAdmission.Testing;

/// <summary>Checks of the calls that operators and housekeeping make.</summary>
internal static class JobOperatorChecks
{
    public static IEnumerable<(string Name, Action<JobStoreTrial> Run)> All =>
    [
        ("A job that waits can be cancelled, others cannot", Cancels),
        ("A dead letter can be re-driven, others cannot", Redrives),
        ("A re-driven job is behind the waiting jobs", RedrivesToTheEnd),
        ("A dead letter can be discarded, others cannot", Discards),
        ("Dead letters are listed, the latest first, without payloads", ListsDead),
        ("Finished jobs are purged after their retention", Purges),
        ("Purging is limited for each call, and continues", PurgesInSteps),
        ("Purging changes no count, and keeps all other jobs", PurgesFinishedOnly),
        ("Documents of the key ring are kept in order", KeepsKeys),
        ("Opening twice is harmless", OpensTwice),
        ("A disposed store throws ObjectDisposedException", ThrowsWhenDisposed),
        ("Listeners are notified of new jobs", Signals),
    ];

    public static void TellsUnreachable(Func<IJobStore> open)
    {
        using var store = open();
        var started = TimeProvider.System.GetTimestamp();
        var exception = Catch<JobStoreException>(store.Open);
        Expect(exception is not null, "Opening a store that cannot be reached has to throw JobStoreException.");
        Expect(
            exception!.Problem == JobStoreProblem.Unreachable,
            $"The problem is {exception.Problem} instead of Unreachable.");
        Expect(exception.Message.Length > 0, "The exception has no message.");
        Expect(
            Catch<JobStoreException>(() => store.Find(Guid.NewGuid())) is not null,
            "Reading a store that cannot be reached has to throw JobStoreException.");
        Expect(
            TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20),
            "Two calls took more than 20 seconds.");
    }

    private static void Cancels(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept(trial.NewJob(), trial.NewJob(), trial.NewJob());
        var running = trial.ClaimOne();
        Expect(!trial.Store.Cancel(running.Id), "A job that runs was cancelled.");
        Expect(trial.Store.Cancel(ids[1]), "A job that waits was not cancelled.");
        trial.ExpectCounts(3, waiting: 1, running: 1, cancelled: 1);
        Expect(!trial.Store.Cancel(ids[1]), "A job was cancelled twice.");
        Expect(!trial.Store.Cancel(Guid.NewGuid()), "An unknown job was cancelled.");
        Expect(
            trial.MustFind(ids[1], StoredJobState.Cancelled).Payload is null,
            "The payload of a cancelled job is kept.");
        trial.MustEnd(running, JobEndKind.Retry, TimeSpan.FromHours(1));
        Expect(trial.Store.Cancel(running.Id), "A job that waits for its time was not cancelled.");
        trial.CheckEquation();
        ExpectSame([ids[2]], trial.Claim().Select(job => job.Id), "A cancelled job was claimed.");
        Expect(trial.Advance([], new JobClaim(trial.Queue, 1)).NextDue is null, "A cancelled job is due.");
        trial.ExpectCounts(3, running: 1, cancelled: 2);
    }

    private static void Redrives(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept(trial.NewJob([5]), trial.NewJob());
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Retry);
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Dead, reason: "It is broken.");
        Expect(
            !trial.Store.Redrive(ids[1]) && !trial.Store.Redrive(Guid.NewGuid()),
            "A job that is not a dead letter was re-driven.");
        Expect(trial.Store.Redrive(ids[0]), "A dead letter was not re-driven.");
        Expect(!trial.Store.Redrive(ids[0]), "A waiting job was re-driven.");
        trial.ExpectCounts(2, waiting: 2);
        Expect(
            trial.MustFind(ids[0], StoredJobState.Waiting) is { Attempts: 0, Reason: "It is broken." },
            "A re-driven job has attempts, or lost its reason.");
        Expect(trial.Store.ListDead(trial.Queue, 10).Count == 0, "A re-driven job is listed as a dead letter.");
        var claimed = trial.Claim();
        Expect(claimed[1].Id == ids[0] && claimed[1].Attempt == 1, "A re-driven job was not claimed as attempt 1.");
        Expect(claimed[1].Payload.AsSpan().SequenceEqual((byte[])[5]), "The payload of a re-driven job was lost.");
    }

    private static void RedrivesToTheEnd(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept(trial.NewJob(), trial.NewJob(), trial.NewJob());
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Dead);
        Expect(trial.Store.Redrive(ids[0]), "A dead letter was not re-driven.");
        var last = trial.MustAccept(trial.NewJob())[0];
        ExpectSame(
            [ids[1], ids[2], ids[0], last],
            trial.Claim().Select(job => job.Id),
            "A re-driven job is not behind the jobs that wait.");
    }

    private static void Discards(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept(trial.NewJob(), trial.NewJob());
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Dead);
        Expect(
            !trial.Store.Discard(ids[1]) && !trial.Store.Discard(Guid.NewGuid()),
            "A job that is not a dead letter was discarded.");
        Expect(trial.Store.Discard(ids[0]), "A dead letter was not discarded.");
        Expect(
            !trial.Store.Discard(ids[0]) && !trial.Store.Redrive(ids[0]),
            "A discarded job was discarded again, or re-driven.");
        trial.ExpectCounts(2, waiting: 1, discarded: 1);
        Expect(
            trial.MustFind(ids[0], StoredJobState.Discarded).Payload is null,
            "The payload of a discarded job is kept.");
        Expect(trial.Store.ListDead(trial.Queue, 10).Count == 0, "A discarded job is listed as a dead letter.");
    }

    private static void ListsDead(JobStoreTrial trial)
    {
        trial.Own();
        Expect(trial.Store.ListDead(trial.Queue, 10).Count == 0, "Dead letters are listed although none exist.");
        var other = trial.Queue + "-other";
        var ids = trial.MustAccept([.. Enumerable.Range(0, 6).Select(i => trial.NewJob(queue: i == 5 ? other : null))]);
        for (var i = 0; i < 4; i++)
        {
            trial.MustEnd(trial.ClaimOne(), i == 2 ? JobEndKind.Done : JobEndKind.Dead, reason: $"Failure {i}.");
        }
        var foreign = trial.Advance([], new JobClaim(other, 1)).Jobs[0];
        trial.MustEnd(foreign, JobEndKind.Dead);
        var dead = trial.Store.ListDead(trial.Queue, 10);
        ExpectSame(
            [ids[3], ids[1], ids[0]], dead.Select(job => job.Id), "The dead letters are listed in another order.");
        Expect(
            dead.All(job => job is { State: StoredJobState.Dead, Payload: null, Attempts: 1, EndedAt: not null }),
            "A dead letter is listed with a payload, or without attempts or an end.");
        Expect(
            dead[0].Reason == "Failure 3." && dead[0].Route == "POST /contract/{id}",
            "A dead letter is listed with another reason or route.");
        ExpectSame(
            [ids[3], ids[1]],
            trial.Store.ListDead(trial.Queue, 2).Select(job => job.Id),
            "The number of listed dead letters is not the requested one.");
        Expect(
            trial.Store.ListDead(null, 1)[0].Id == foreign.Id,
            "The latest dead letter of all queues is not listed first.");
    }

    private static void Purges(JobStoreTrial trial)
    {
        trial.Own();
        var id = trial.MustAccept(trial.NewJob())[0];
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Done, result: [1]);
        Expect(
            trial.Store.Purge(trial.Queue, TimeSpan.FromHours(1), 10) == 0,
            "A job was purged before its retention was over.");
        Expect(trial.Store.Purge(trial.Queue + "-other", TimeSpan.Zero, 10) == 0, "A job of another queue was purged.");
        trial.MustFind(id, StoredJobState.Done);
        Expect(trial.Store.Purge(trial.Queue, TimeSpan.Zero, 10) == 1, "A job was not purged after its retention.");
        Expect(trial.Store.Find(id) is null, "A purged job was found.");
        trial.ExpectCounts(1, done: 1);
    }

    private static void PurgesInSteps(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept([.. Enumerable.Range(0, 25).Select(_ => trial.NewJob())]);
        trial.Advance([.. trial.Claim().Select(job => EndOf(job, JobEndKind.Done, result: [1]))]);
        int[] counts =
        [
            trial.Store.Purge(trial.Queue, TimeSpan.Zero, 10),
            trial.Store.Purge(trial.Queue, TimeSpan.Zero, 10),
            trial.Store.Purge(trial.Queue, TimeSpan.Zero, 10)
        ];
        Expect(
            counts.SequenceEqual([10, 10, 5]),
            $"25 jobs were purged in steps of {string.Join(", ", counts)} instead of 10, 10, 5.");
        Expect(ids.All(id => trial.Store.Find(id) is null), "A purged job was found.");
        trial.ExpectCounts(25, done: 25);
    }

    private static void PurgesFinishedOnly(JobStoreTrial trial)
    {
        trial.Own();
        var ids = trial.MustAccept([.. Enumerable.Range(0, 7).Select(_ => trial.NewJob())]);
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Done);
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Dead);
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Dead);
        trial.Store.Discard(ids[2]);
        trial.MustEnd(trial.ClaimOne(), JobEndKind.Retry, TimeSpan.FromHours(1));
        trial.ClaimOne();
        trial.Store.Cancel(ids[6]);
        Expect(
            trial.Store.Purge(trial.Queue, TimeSpan.Zero, 100) == 3,
            "Not exactly the three finished jobs were purged.");
        (int Index, StoredJobState State)[] others =
        [
            (1, StoredJobState.Dead), (3, StoredJobState.Waiting),
            (4, StoredJobState.Running), (5, StoredJobState.Waiting),
        ];
        foreach (var (i, state) in others)
        {
            trial.MustFind(ids[i], state);
        }
        Expect(
            trial.Store.Find(ids[0]) is null && trial.Store.Find(ids[2]) is null && trial.Store.Find(ids[6]) is null,
            "A finished job was not purged.");
        trial.ExpectCounts(7, waiting: 2, running: 1, done: 1, dead: 1, cancelled: 1, discarded: 1);
    }

    private static void KeepsKeys(JobStoreTrial trial)
    {
        var unique = Guid.NewGuid().ToString("N");
        string[] documents =
        [
            $"<key id=\"{unique}1\" />",
            $"<key id=\"{unique}2\">\u00fc'\U0001f600</key>",
            $"<key id=\"{unique}3\">{new string('k', 5_000)}</key>",
        ];
        foreach (var document in documents)
        {
            trial.Store.AddKey(document);
        }
        trial.Reopen();
        var found = trial.Store.ReadKeys().Where(document => document.Contains(unique, StringComparison.Ordinal));
        Expect(found.SequenceEqual(documents), "The documents of the key ring were lost, changed or reordered.");
    }

    private static void OpensTwice(JobStoreTrial trial)
    {
        trial.MustAccept(trial.NewJob());
        trial.Store.Open();
        using var other = trial.OpenAnother();
        other.Open();
        trial.ExpectCounts(1, waiting: 1);
        Expect(trial.Store.Name.Length > 0, "The store has no name.");
        Expect(trial.Store.RenewalInterval > TimeSpan.Zero, "The interval of renewals is not positive.");
    }

    private static void ThrowsWhenDisposed(JobStoreTrial trial)
    {
        var store = trial.OpenAnother();
        store.Dispose();
        store.Dispose();
        Expect(
            Catch<ObjectDisposedException>(() => store.Accept([trial.NewJob()])) is not null,
            "Accept works after Dispose.");
        Expect(
            Catch<ObjectDisposedException>(() => store.RenewOwner(trial.Node)) is not null,
            "RenewOwner works after Dispose.");
        Expect(
            Catch<ObjectDisposedException>(() => store.Advance(trial.Node, [], [])) is not null,
            "Advance works after Dispose.");
        Expect(
            Catch<ObjectDisposedException>(() => store.Find(Guid.NewGuid())) is not null, "Find works after Dispose.");
        Expect(Catch<ObjectDisposedException>(() => store.ReadCounts()) is not null, "ReadCounts works after Dispose.");
    }

    private static void Signals(JobStoreTrial trial)
    {
        if (!trial.Store.HasSignals)
        {
            Expect(
                Catch<NotSupportedException>(
                    () => trial.Store.Listen(() => { }, new CancellationToken(canceled: true))) is not null,
                "Listen has to throw NotSupportedException if HasSignals is false.");
            return;
        }
        using var other = trial.OpenAnother();
        using var stop = new CancellationTokenSource();
        using var heard = new AutoResetEvent(initialState: false);
        var hasEnded = false;
        OnThreads(
            () =>
            {
                trial.Store.Listen(() => heard.Set(), stop.Token);
                hasEnded = true;
            },
            () =>
            {
                try
                {
                    // A signal may be lost while Listen starts. Jobs are therefore accepted until a signal is heard.
                    foreach (var store in new[] { other, trial.Store })
                    {
                        WaitUntil(
                            () =>
                            {
                                store.Accept([trial.NewJob()]);
                                return heard.WaitOne(TimeSpan.FromMilliseconds(500));
                            },
                            "A listener was not notified of new jobs.");
                    }
                }
                finally
                {
                    stop.Cancel();
                }
                WaitUntil(() => Volatile.Read(ref hasEnded), "Listen continued after it had been cancelled.");
            });
    }
}
