using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace QueueAdmission.Testing;

/// <summary>
/// The environment of one check of <see cref="JobStoreContract"/>: a store, and a separate queue and node.
/// </summary>
/// <remarks>
/// After each call that may change jobs, the trial checks the equation of the counts: accepted = waiting + running +
/// done + dead + cancelled + discarded.
/// </remarks>
internal sealed class JobStoreTrial : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Func<IJobStore> _open;
    private bool _isClosed;

    public JobStoreTrial(Func<IJobStore> open)
    {
        _open = open;
        Store = OpenAnother();
    }

    public static DateTimeOffset SomeTime { get; } = new(2026, 3, 4, 5, 6, 7, 890, TimeSpan.Zero);

    public IJobStore Store { get; private set; }

    public string Queue { get; } = "contract-" + Guid.NewGuid().ToString("N");

    public string Node { get; private set; } = NewNode();

    /// <summary>The counts of the queue. All are 0 before its first job.</summary>
    public JobStoreCounts Counts => CountsOf(Queue);

    public static string NewNode() => "node-" + Guid.NewGuid().ToString("N");

    public static byte[] NewKey() => Guid.NewGuid().ToByteArray();

    public static void Expect(bool condition, string message)
    {
        if (!condition)
        {
            throw new ContractViolationException(message);
        }
    }

    public static void ExpectSame(IEnumerable<Guid> expected, IEnumerable<Guid> actual, string message)
    {
        var (wanted, found) = (expected.ToArray(), actual.ToArray());
        Expect(
            wanted.SequenceEqual(found),
            $"{message} Expected: {string.Join(", ", wanted)}. Found: {string.Join(", ", found)}.");
    }

    public static TException? Catch<TException>(Action action)
        where TException : Exception
    {
        try
        {
            action();
            return null;
        }
        catch (TException exception)
        {
            return exception;
        }
    }

    public static void WaitUntil(Func<bool> condition, string message)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var never = new ManualResetEventSlim();
        while (!condition())
        {
            Expect(TimeProvider.System.GetElapsedTime(started) < Patience, message);
            never.Wait(5);
        }
    }

    /// <summary>Runs each action on a separate thread. Throws the first exception of these threads.</summary>
    public static void OnThreads(params ReadOnlySpan<Action> work)
    {
        var failures = new ConcurrentQueue<Exception>();
        var threads = new List<Thread>();
        foreach (var action in work)
        {
            threads.Add(new Thread(() =>
            {
                try
                {
                    action();
                }
#pragma warning disable CA1031 // It is thrown again below, on the thread of the check.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    failures.Enqueue(exception);
                }
            })
            { IsBackground = true });
        }
        threads.ForEach(thread => thread.Start());
        foreach (var thread in threads)
        {
            Expect(
                thread.Join(TimeSpan.FromSeconds(120)),
                "Calls from several threads did not return within two minutes.");
        }
        if (failures.TryDequeue(out var failure))
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    public IJobStore OpenAnother()
    {
        var store = _open();
        store.Open();
        return store;
    }

    /// <summary>Closes the store and opens the same data again, as another process would.</summary>
    public void Reopen()
    {
        Store.Dispose();
        Store = OpenAnother();
        Node = NewNode();
    }

    /// <summary>Waits until the node may run jobs.</summary>
    /// <returns>The number of jobs of lost owners that wait again.</returns>
    public int Own()
    {
        var recovered = 0;
        WaitUntil(
            () =>
            {
                var ownership = Store.RenewOwner(Node);
                recovered += ownership.Recovered;
                return ownership.MayRun;
            },
            "No node may run jobs after 30 seconds.");
        CheckEquation();
        return recovered;
    }

    public AcceptedJob NewJob(
        byte[]? payload = null,
        string? queue = null,
        byte[]? sequenceKey = null,
        JobPriority priority = JobPriority.Normal,
        byte[]? idempotencyKey = null,
        byte[]? fingerprint = null,
        long maxWaiting = long.MaxValue,
        Guid? id = null) => new()
        {
            Id = id ?? Guid.NewGuid(),
            Queue = queue ?? Queue,
            Route = "POST /contract/{id}",
            Payload = payload ?? [1, 2, 3],
            AcceptedAt = SomeTime,
            MaxWaiting = maxWaiting,
            SequenceKey = sequenceKey,
            Priority = priority,
            IdempotencyKey = idempotencyKey,
            Fingerprint = fingerprint,
        };

    public IReadOnlyList<JobAcceptance> Accept(params IReadOnlyList<AcceptedJob> jobs)
    {
        var result = Store.Accept(jobs);
        Expect(result.Count == jobs.Count, $"{jobs.Count} jobs were given, and {result.Count} results returned.");
        CheckEquation();
        return result;
    }

    /// <summary>Stores jobs. Throws if a job is not accepted.</summary>
    public Guid[] MustAccept(params IReadOnlyList<AcceptedJob> jobs)
    {
        var result = Accept(jobs);
        for (var i = 0; i < jobs.Count; i++)
        {
            Expect(
                result[i] == new JobAcceptance(JobAcceptanceStatus.Accepted, jobs[i].Id),
                $"Job {i} of {jobs.Count} is {result[i].Status} instead of Accepted.");
        }
        return [.. jobs.Select(job => job.Id)];
    }

    public JobAdvance Advance(IReadOnlyList<JobEnd> ends, params IReadOnlyList<JobClaim> claims)
    {
        var result = Store.Advance(Node, ends, claims);
        Expect(
            result.Ends.Count == ends.Count,
            $"{ends.Count} ends were given, and {result.Ends.Count} results returned.");
        CheckEquation();
        return result;
    }

    public IReadOnlyList<ClaimedJob> Claim(int max = 1000) => Advance([], new JobClaim(Queue, max)).Jobs;

    public ClaimedJob ClaimOne()
    {
        var jobs = Claim(1);
        Expect(jobs.Count == 1, $"One job was requested and could run, but {jobs.Count} were claimed.");
        return jobs[0];
    }

    public bool End(
        ClaimedJob job, JobEndKind kind, TimeSpan delay = default, byte[]? result = null, string? reason = null) =>
        Advance([EndOf(job, kind, delay, result, reason)]).Ends[0];

    public void MustEnd(
        ClaimedJob job, JobEndKind kind, TimeSpan delay = default, byte[]? result = null, string? reason = null) =>
        Expect(End(job, kind, delay, result, reason), $"The end '{kind}' of a job that the node has was refused.");

    public static JobEnd EndOf(
        ClaimedJob job, JobEndKind kind, TimeSpan delay = default, byte[]? result = null, string? reason = null) =>
        new()
        {
            Id = job.Id,
            Queue = job.Queue,
            Claim = job.Claim,
            Kind = kind,
            Delay = delay,
            Result = result,
            Reason = reason ?? (kind is JobEndKind.Retry or JobEndKind.Dead ? "It failed." : null),
        };

    public StoredJob MustFind(Guid id, StoredJobState state)
    {
        var job = Store.Find(id);
        Expect(job is not null, $"A job that should be {state} was not found.");
        Expect(job!.State == state, $"A job is {job.State} instead of {state}.");
        Expect(
            job.EndedAt is null == state is StoredJobState.Waiting or StoredJobState.Running,
            $"A job that is {state} has the end {job.EndedAt}.");
        return job;
    }

    public JobStoreCounts CountsOf(string queue)
    {
        var found = Store.ReadCounts().Where(counts => counts.Queue == queue).ToArray();
        Expect(found.Length <= 1, $"The queue occurs {found.Length} times in the counts.");
        return found.FirstOrDefault() ?? new JobStoreCounts
        {
            Queue = queue,
            Accepted = 0,
            Waiting = 0,
            Running = 0,
            Done = 0,
            Dead = 0,
            Cancelled = 0,
            Discarded = 0,
        };
    }

    public void ExpectCounts(
        long accepted, long waiting = 0, long running = 0, long done = 0, long dead = 0, long cancelled = 0,
        long discarded = 0)
    {
        var c = Counts;
        Expect(
            (c.Accepted, c.Waiting, c.Running, c.Done, c.Dead, c.Cancelled, c.Discarded)
                == (accepted, waiting, running, done, dead, cancelled, discarded),
            $"The counts are {Text(c)}. Expected: accepted {accepted} = waiting {waiting}, running {running}, "
            + $"done {done}, dead {dead}, cancelled {cancelled}, discarded {discarded}.");
    }

    public void CheckEquation() => CheckEquation(Counts);

    public static void CheckEquation(JobStoreCounts c)
    {
        Expect(
            c.Accepted == c.Waiting + c.Running + c.Done + c.Dead + c.Cancelled + c.Discarded,
            $"The equation does not hold: {Text(c)}.");
        Expect(
            long.Min(
                long.Min(long.Min(c.Waiting, c.Running), long.Min(c.Done, c.Dead)),
                long.Min(c.Cancelled, c.Discarded)) >= 0,
            $"A count is negative: {Text(c)}.");
        Expect(
            c.OldestWaiting is null == (c.Waiting == 0),
            $"{c.Waiting} jobs wait, and the oldest was accepted at '{c.OldestWaiting}'.");
    }

    public void Dispose()
    {
        if (_isClosed)
        {
            return;
        }
        _isClosed = true;
        try
        {
            Store.ResignOwner(Node);
        }
        catch (Exception exception) when (exception is JobStoreException or ObjectDisposedException)
        {
            // The check itself reports what is wrong.
        }
        Store.Dispose();
    }

    private static string Text(JobStoreCounts c) =>
        $"accepted {c.Accepted} = waiting {c.Waiting}, running {c.Running}, done {c.Done}, dead {c.Dead}, "
        + $"cancelled {c.Cancelled}, discarded {c.Discarded}";
}
