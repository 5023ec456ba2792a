using QueueAdmission.Testing;
using MutantFactory = System.Func<System.Func<QueueAdmission.IJobStore>>;

namespace QueueAdmission.Stores.Contract;

/// <summary>Contains a mutant for each check of the job store contract: a store that violates this check.</summary>
/// <remarks>Each entry creates a function that opens connections. The state of a mutant belongs to one run.</remarks>
internal static class JobStoreMutants
{
    public static IReadOnlyDictionary<string, MutantFactory> ByCheck { get; } = new Dictionary<string, MutantFactory>
    {
        ["An accepted job is found unchanged"] = Each(
            store => new(store) { OnFind = (right, id) => right.Find(id)?.With(acceptedAt: DateTimeOffset.UnixEpoch) }),
        ["An accepted job is found after the store has been opened again"] = ForgetsEverything,
        ["An accepted job is found by another connection"] = ForgetsEverything,
        ["Payloads of any size and bytes are kept"] = Accepting(
            job => job.With(payload: [.. job.Payload.Take(65_536)])),
        ["A full queue accepts no job, even within a batch"] = Each(store => new(store)
        {
            OnAccept = (right, jobs) => right.Accept(
                [.. jobs.Select((job, i) => i == 0 ? job : job.With(maxWaiting: long.MaxValue))]),
        }),
        ["A job that runs counts for the limit of a queue"] = Each(store => new(store)
        {
            OnAccept = (right, jobs) => right.Accept([.. jobs.Select(job => job.MaxWaiting == long.MaxValue
                ? job
                : job.With(maxWaiting: job.MaxWaiting + right.ReadCounts().Sum(counts => counts.Running)))]),
        }),
        ["The same key and fingerprint is a duplicate"] = Accepting(job => job.With(hasIdempotency: false)),
        ["A duplicate in a batch does not fail the others"] = Each(store => new(store)
        {
            OnAccept = (right, jobs) =>
            {
                var result = right.Accept(jobs);
                var hasDuplicate = result.Any(acceptance => acceptance.Status == JobAcceptanceStatus.Duplicate);
                return [.. result.Select(acceptance =>
                    hasDuplicate ? acceptance with { Status = JobAcceptanceStatus.Duplicate } : acceptance)];
            },
        }),
        ["A duplicate is recognized even if the queue is full"] = Each(store => new(store)
        {
            OnAccept = (right, jobs) => [.. jobs.Select(job =>
                right.ReadCounts().Any(counts => counts.Queue == job.Queue && counts.Waiting >= job.MaxWaiting)
                    ? new JobAcceptance(JobAcceptanceStatus.QueueFull, job.Id)
                    : right.Accept([job])[0])],
        }),
        ["The same key with another fingerprint is refused"] = Accepting(job => job.With(hasFingerprint: false)),
        ["A key belongs to one queue"] = HasOneSpaceOfKeys,
        ["A key is kept as long as its job"] = Each(store => new(store)
        {
            OnAccept = (right, jobs) => right.Accept([.. jobs.Select(job =>
                right.ReadCounts().Any(counts => counts.Done > 0) ? job.With(hasIdempotency: false) : job)]),
        }),
        ["A job that is accepted again is a duplicate"] = Each(store => new(store)
        {
            OnAccept = (right, jobs) => [.. right.Accept(jobs).Select(acceptance =>
                acceptance.Status == JobAcceptanceStatus.Duplicate
                    ? acceptance with { Status = JobAcceptanceStatus.Accepted }
                    : acceptance)],
        }),
        ["Any name of a queue works"] = Accepting(
            job => job.With(queue: job.Queue.Replace("A", "a", StringComparison.Ordinal))),
        ["Calls without jobs change nothing"] = Advancing((_, advance) => advance.With(nextDue: TimeSpan.Zero)),

        ["Imported jobs wait, and their position is known"] = Importing((right, import) => right.Import(import) - 1),
        ["A position is imported once, even after its job has been purged"] = Importing(
            (right, import) => right.Import(Elsewhere(import)) is var _ ? import.Last : 0),
        ["An import after a gap changes nothing"] = Importing((right, import) => right.Import(import.With(after: -1))),
        ["An import moves the position without jobs, and never back"] = Importing(
            (right, import) => import.Jobs.Count == 0 ? import.Last : right.Import(import)),
        ["Each source has a separate position"] = Importing(
            (right, import) => right.Import(import.With(source: "one"))),
        ["An import is never refused"] = Importing((right, import) =>
        {
            right.Accept([.. import.Jobs.Select(job => job.Job)]);
            return right.Import(import.With(jobs: []));
        }),
        ["Imported jobs keep their order and sequence"] = Importing(
            (right, import) => right.Import(import.With(jobs: [.. import.Jobs.Reverse()]))),
        ["The id of an imported duplicate finds the first job"] = Importing(
            (right, import) => right.Import(import.With(
                jobs: [.. import.Jobs.Where((job, i) => i != import.Jobs.Count - 1)]))),
        ["An imported job with a reused key is a dead letter"] = Importing(
            (right, import) => right.Import(import.With(change: job => job.With(hasIdempotency: false)))),
        ["An imported job that the store already has changes nothing"] = Importing(
            (right, import) => right.Import(import.With(
                change: job => job.With(id: Guid.NewGuid(), hasIdempotency: false)))),
        ["Two importers of one source have the effect of one"] = Importing((right, import) =>
        {
            var position = right.ReadPosition(import.Source);
            if (position < import.After)
            {
                return position;
            }
            right.Import(Elsewhere(import.With(
                jobs: [.. import.Jobs.Select(job => job with { Job = job.Job.With(id: Guid.NewGuid()) })])));
            return import.Last;
        }),

        ["Jobs are claimed in the order in which they were accepted"] = Each(store => new(store)
        {
            OnAccept = (right, jobs) => [.. right.Accept([.. jobs.Reverse()]).Reverse()],
        }),
        ["Jobs of a higher priority are claimed first"] = Accepting(job => job.With(priority: JobPriority.Normal)),
        ["A claimed job is unchanged"] = Advancing(
            (_, advance) => advance.With(jobs: [.. advance.Jobs.Select(job => job.With(weight: 1))])),
        ["No more jobs are claimed than requested"] = Claiming(claim => claim with { Max = claim.Max + 1 }),
        ["Several queues are claimed in one call"] = Each(store => new(store)
        {
            OnAdvance = (right, node, ends, claims) => right.Advance(node, ends, [.. claims.Take(1)]),
        }),
        ["A job is claimed once"] = ClaimsAgain,
        ["A retried job keeps its place"] = LosesPlaces,
        ["A job that is not due is not claimed, and the time until it is due is returned"] = Ending(
            end => end.With(delay: TimeSpan.Zero)),
        ["A job that has become due is claimed"] = Ending(end => end.With(delay: end.Delay / 10)),
        ["The jobs ahead are counted"] = Each(store => new(store)
        {
            OnFind = (right, id) => right.Find(id) is { } job ? job.With(ahead: job.Ahead + 1) : null,
        }),

        ["Jobs with one sequence key run one after the other"] = Accepting(job => job.With(hasSequence: false)),
        ["A job that is retried or returned holds its sequence"] = LosesPlaces,
        ["A dead letter frees its sequence"] = Ending(
            end => end.Kind == JobEndKind.Dead ? end.With(kind: JobEndKind.Retry, delay: TimeSpan.FromHours(1)) : end),
        ["A cancelled job frees its sequence"] = Each(store => new(store) { OnCancel = (_, _) => true }),
        ["A re-driven job is the last of its sequence"] = Accepting(job => job.With(hasSequence: false)),
        ["A higher priority does not overtake its sequence"] = Accepting(
            job => job.With(hasSequence: job.Priority < JobPriority.High)),
        ["A sequence belongs to one queue"] = HasOneSpaceOfSequences,
        ["A sequence continues after its jobs have been purged"] = StopsAfterPurge,
        ["A long sequence does not hide the jobs behind it"] = Each(store => new(store)
        {
            OnAdvance = (right, node, ends, claims) =>
                right.Advance(node, ends, [.. claims.Select(claim =>
                    right.ReadCounts().Any(counts => counts.Waiting > 1_000) ? claim with { Max = 1 } : claim)]),
        }),

        ["A job that is done has its result and no payload"] = Ending(end => end.With(hasResult: false)),
        ["A retried job waits with its reason, and the attempt counts"] = Ending(
            end => end.Kind == JobEndKind.Retry ? end.With(kind: JobEndKind.GivenBack) : end),
        ["A job that is returned waits, and the attempt does not count"] = Ending(
            end => end.Kind == JobEndKind.GivenBack ? end.With(kind: JobEndKind.Retry) : end),
        ["A dead letter keeps its payload and its reason"] = Each(store => new(store)
        {
            OnFind = (right, id) => right.Find(id) is { } job
                ? job.With(hasPayload: job.State != StoredJobState.Dead)
                : null,
        }),
        ["An end counts once"] = CountsEveryEnd,
        ["An end of an earlier claim is refused"] = TakesAnyClaim,
        ["An end of an unknown job is refused, and does not fail the others"] = CountsEveryEnd,

        ["A node that may not run jobs gets none"] = Each(store => new(store)
        {
            OnAdvance = (right, node, ends, claims) =>
            {
                right.RenewOwner(node);
                return right.Advance(node, ends, claims);
            },
        }),
        ["A node that renews keeps its jobs"] = Each(store => new(store)
        {
            OnRenew = (right, node) =>
            {
                right.ResignOwner(node);
                return right.RenewOwner(node);
            },
        }),
        ["Jobs of a lost node wait again, and the attempt counts"] = ResignsWhenDisposed,
        ["Late ends of a lost node are refused"] = CountsEveryEnd,
        ["Jobs of a node that resigns wait again, and the attempt does not count"] = Each(
            store => new(store) { OnResign = (_, _) => { } }),
        ["A recovered job holds its sequence and its place"] = Advancing(
            (_, advance) => advance.With(jobs: [.. advance.Jobs.Reverse()])),
        ["Resigning without the right changes nothing"] = ResignsForOthers,

        ["A job that waits can be cancelled, others cannot"] = Each(
            store => new(store) { OnCancel = (right, id) => right.Cancel(id) || right.Find(id) is not null }),
        ["A dead letter can be re-driven, others cannot"] = Each(
            store => new(store) { OnRedrive = (right, id) => right.Redrive(id) || right.Find(id) is not null }),
        ["A re-driven job is behind the waiting jobs"] = Advancing(
            (_, advance) => advance.With(jobs: [.. advance.Jobs.OrderBy(job => job.Claim == 1)])),
        ["A dead letter can be discarded, others cannot"] = Each(
            store => new(store) { OnDiscard = (right, id) => right.Discard(id) || right.Find(id) is not null }),
        ["Dead letters are listed, the latest first, without payloads"] = Each(
            store => new(store) { OnListDead = (right, queue, max) => [.. right.ListDead(queue, max).Reverse()] }),
        ["Finished jobs are purged after their retention"] = Each(
            store => new(store) { OnPurge = (right, queue, _, max) => right.Purge(queue, TimeSpan.Zero, max) }),
        ["Purging is limited for each call, and continues"] = Each(store => new(store)
        {
            OnPurge = (right, queue, retention, _) => right.Purge(queue, retention, int.MaxValue),
        }),
        ["Purging changes no count, and keeps all other jobs"] = Each(store => new(store)
        {
            OnPurge = (right, queue, retention, max) =>
            {
                right.ListDead(queue, 100).ToList().ForEach(job => right.Discard(job.Id));
                return right.Purge(queue, retention, max);
            },
        }),
        ["Documents of the key ring are kept in order"] = Each(
            store => new(store) { OnReadKeys = right => [.. right.ReadKeys().Reverse()] }),
        ["Opening twice is harmless"] = CancelsWhenOpened,
        ["A disposed store throws ObjectDisposedException"] = Each(store => new(store) { OnDispose = _ => { } }),
        ["Listeners are notified of new jobs"] = Each(store => new(store) { HasSignals = false }),

        ["10,000 jobs are accepted, claimed and done in one call each"] = Claiming(
            claim => claim with { Max = Math.Min(claim.Max, 1_000) }),
        ["Calls from several threads neither lose nor duplicate jobs"] = ClaimsAgain,
        ["Random calls give the results of the store in memory"] = LosesPlaces,
        ["Other random calls give the results of the store in memory"] = LosesPlaces,
        ["An unreachable store throws in time"] = Each(store => new(store)),
    };

    private static MutantFactory Each(Func<IJobStore, MutantJobStore> mutate) => () =>
    {
        var server = new InMemoryJobStore();
        return () => mutate(server.Open());
    };

    private static MutantFactory Accepting(Func<AcceptedJob, AcceptedJob> change) =>
        Each(store => new(store) { OnAccept = (right, jobs) => right.Accept([.. jobs.Select(change)]) });

    private static MutantFactory Importing(Func<IJobStore, JobImport, long> import) =>
        Each(store => new(store) { OnImport = (right, call) => import(right, call) });

    /// <summary>Returns the import with another source, which the store does not know.</summary>
    private static JobImport Elsewhere(JobImport import) =>
        import.With(source: Guid.NewGuid().ToString("N"), after: -1);

    private static MutantFactory Ending(Func<JobEnd, JobEnd> change) =>
        Each(store => new(store)
        {
            OnAdvance = (right, node, ends, claims) => right.Advance(node, [.. ends.Select(change)], claims),
        });

    private static MutantFactory Claiming(Func<JobClaim, JobClaim> change) =>
        Each(store => new(store)
        {
            OnAdvance = (right, node, ends, claims) => right.Advance(node, ends, [.. claims.Select(change)]),
        });

    private static MutantFactory Advancing(Func<IJobStore, JobAdvance, JobAdvance> change) =>
        Each(store => new(store)
        {
            OnAdvance = (right, node, ends, claims) => change(right, right.Advance(node, ends, claims)),
        });

    private static Func<IJobStore> ForgetsEverything() => () => new InMemoryJobStore().Open();

    private static Func<IJobStore> CountsEveryEnd() =>
        Advancing((_, advance) => advance.With(ends: [.. advance.Ends.Select(_ => true)]))();

    private static Func<IJobStore> ResignsWhenDisposed()
    {
        var node = "";
        return Each(store => new(store)
        {
            OnRenew = (right, name) => right.RenewOwner(node = name),
            OnDispose = right =>
            {
                if (node.Length > 0)
                {
                    right.ResignOwner(node);
                }
                right.Dispose();
            },
        })();
    }

    private static Func<IJobStore> ResignsForOthers()
    {
        var owner = "";
        return Each(store => new(store)
        {
            OnRenew = (right, node) => right.RenewOwner(owner = node),
            OnResign = (right, node) => right.ResignOwner(owner.Length > 0 ? owner : node),
        })();
    }

    private static Func<IJobStore> HasOneSpaceOfKeys()
    {
        var keys = new Dictionary<string, Guid>();
        return Each(store => new(store)
        {
            OnAccept = (right, jobs) =>
                [.. jobs.Select(job => job.IdempotencyKey is { } key && !keys.TryAdd(Convert.ToHexString(key), job.Id)
                ? new JobAcceptance(JobAcceptanceStatus.Duplicate, keys[Convert.ToHexString(key)])
                : right.Accept([job])[0])],
        })();
    }

    private static Func<IJobStore> HasOneSpaceOfSequences()
    {
        var keys = new Dictionary<Guid, string>();
        return Each(store => new(store)
        {
            OnAccept = (right, jobs) =>
            {
                jobs.Where(job => job.SequenceKey is not null).ToList()
                    .ForEach(job => keys[job.Id] = Convert.ToHexString(job.SequenceKey!));
                return right.Accept(jobs);
            },
            OnAdvance = (right, node, ends, claims) =>
            {
                var advance = right.Advance(node, ends, claims);
                return advance.With(
                    jobs: [.. advance.Jobs.DistinctBy(job => keys.GetValueOrDefault(job.Id, $"{job.Id}"))]);
            },
        })();
    }

    private static Func<IJobStore> StopsAfterPurge()
    {
        var isStopped = false;
        return Each(store => new(store)
        {
            OnPurge = (right, queue, retention, max) =>
            {
                isStopped = true;
                return right.Purge(queue, retention, max);
            },
            OnAdvance = (right, node, ends, claims) => right.Advance(node, ends, isStopped ? [] : claims),
        })();
    }

    private static Func<IJobStore> ClaimsAgain()
    {
        ClaimedJob? first = null;
        var calls = 0;
        return Each(store => new(store)
        {
            OnAdvance = (right, node, ends, claims) =>
            {
                var advance = right.Advance(node, ends, claims);
                first ??= advance.Jobs.FirstOrDefault();
                return ++calls % 10 == 0 && first is not null ? advance.With(jobs: [.. advance.Jobs, first]) : advance;
            },
        })();
    }

    /// <summary>Returns a store in which retried or returned jobs go to the end of the queue.</summary>
    private static Func<IJobStore> LosesPlaces() => Each(store => new(store)
    {
        OnAdvance = (right, node, ends, claims) =>
        {
            var counted = ends.Select(end =>
            {
                var isMoved = end.Kind is JobEndKind.Retry or JobEndKind.GivenBack;
                var isCounted = right.Advance(node, [isMoved ? end.With(kind: JobEndKind.Dead) : end], []).Ends[0];
                return isCounted && (!isMoved || right.Redrive(end.Id));
            }).ToArray();
            return right.Advance(node, [], claims).With(ends: counted);
        },
    })();

    private static Func<IJobStore> TakesAnyClaim()
    {
        var latest = new Dictionary<Guid, long>();
        return Each(store => new(store)
        {
            OnAdvance = (right, node, ends, claims) =>
            {
                var advance = right.Advance(
                    node, [.. ends.Select(end => end.With(claim: latest.GetValueOrDefault(end.Id)))], claims);
                advance.Jobs.ToList().ForEach(job => latest[job.Id] = job.Claim);
                return advance;
            },
        })();
    }

    private static Func<IJobStore> CancelsWhenOpened()
    {
        var ids = new List<Guid>();
        return Each(store => new(store)
        {
            OnAccept = (right, jobs) =>
            {
                ids.AddRange(jobs.Select(job => job.Id));
                return right.Accept(jobs);
            },
            OnOpen = right => ids.ForEach(id => right.Cancel(id)),
        })();
    }
}
