using System.Collections.Concurrent;

namespace QueueAdmission;

/// <summary>Owns one worker on behalf of a lease, and gives it back once.</summary>
/// <remarks>
/// <para>A lease is a struct that may be copied and disposed anywhere, so the fact of having been disposed must live in
/// one place: the ticket's version. It is even while the ticket is free and odd otherwise. Release is a compare-and-set
/// from the lease's version to the next odd one: the winner gives the worker back, and every older lease holds a
/// version that never returns (64 bits).</para>
/// <para>A free ticket refers to no queue, because it may be free for as long as its thread lives. Until the winner has
/// removed the reference the version stays odd, so the ticket is not issued meanwhile.</para>
/// <para>Each thread keeps one ticket. Only its own thread issues it, and only while its version is even, so issuing
/// needs no atomic step, and a lease that is disposed on another thread frees the ticket for its own. A thread whose
/// ticket is still out takes another one, from a common pool, and keeps that instead. A job of which the queue keeps a
/// <see cref="JobRecord"/> has a ticket for itself alone.</para>
/// </remarks>
internal sealed class LeaseTicket
{
    private const int SpareLimit = 1_024;

    [ThreadStatic]
    private static LeaseTicket? t_own;

    private static readonly ConcurrentQueue<LeaseTicket> Spares = new();

    private const long Untimed = -1;

    private volatile Kind _kind;
    private readonly JobRecord? _held;
    private readonly long _jobStarted;
    private long _startedAt = Untimed;
    private JobQueue? _queue;
    private long _version;

    private LeaseTicket(JobQueue queue, Kind kind, JobRecord? held = null, long jobStarted = 0)
    {
        _queue = queue;
        _kind = kind;
        _held = held;
        _jobStarted = jobStarted;
    }

    private enum Kind : byte
    {
        /// <summary>Stays with its thread.</summary>
        OfThread,

        /// <summary>Goes back to the common pool.</summary>
        Spare,

        /// <summary>Serves one job.</summary>
        OfJob,

        /// <summary>Serves one job on a worker that another ticket gives back.</summary>
        Shared,
    }

    public long Version => _version;

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public static LeaseTicket Issue(JobQueue queue)
    {
        var ticket = t_own;
        if (ticket is null || (Volatile.Read(ref ticket._version) & 1) != 0 || queue.MeasuresJobs)
            ticket = IssueAnother(queue);
        ticket._queue = queue;
        ticket._version++;
        return ticket;
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public void Release(long version)
    {
        // The kind is read first: as soon as the version is even, the thread may issue the ticket again and then give
        // it up. A release that took it for a spare one would put a ticket into the pool that is in use, and one of two
        // leases would never give its worker back.
        var kind = _kind;
        if (Interlocked.CompareExchange(ref _version, version + 2, version) != version)
            return;
        var queue = _queue!;
        _queue = null;
        Volatile.Write(ref _version, version + 3);
        if (kind != Kind.OfThread)
            EndUse(queue, kind);
        else
            queue.Release();
    }

    /// <summary>For a job that may hold more than one unknown worker, or be timed.</summary>
    public static LeaseTicket Issue(JobQueue queue, JobRecord? held)
    {
        if (queue.MeasuresLatency)
            return new LeaseTicket(queue, Kind.OfJob, held, queue.ReadJobClock()) { _version = 1, _startedAt = queue.Time.GetTimestamp() };
        return held is null ? Issue(queue) : new LeaseTicket(queue, Kind.OfJob, held, queue.ReadJobClock()) { _version = 1 };
    }

    /// <summary>For a job whose worker is given back by another ticket.</summary>
    public static LeaseTicket IssueShared(JobQueue queue) => new(queue, Kind.Shared) { _version = 1 };

    /// <summary>Whether the lease of that version was not disposed yet.</summary>
    public bool IsOut(long version) => Volatile.Read(ref _version) == version;

    /// <summary>How long this job takes says nothing about the others.</summary>
    public void IgnoreLatency()
    {
        if (_kind == Kind.OfJob)
            Volatile.Write(ref _startedAt, Untimed);
    }

    public void ReportOverload(long version)
    {
        var queue = _queue;
        if (Volatile.Read(ref _version) == version)
            queue?.ReportOverload();
    }

    private void EndUse(JobQueue queue, Kind kind)
    {
        if (kind == Kind.Shared)
            return;
        if (kind == Kind.Spare && Spares.Count < SpareLimit)
            Spares.Enqueue(this);
        try
        {
            if (Volatile.Read(ref _startedAt) is var startedAt and not Untimed)
                queue.ReportLatency(queue.Time.GetTimestamp() - startedAt);
        }
        finally
        {
            // No report may cost a worker.
            queue.Release(_held);
        }
        if (_jobStarted != 0)
            queue.RecordJobSince(_jobStarted);
    }

    private static LeaseTicket IssueAnother(JobQueue queue)
    {
        if (queue.ReadJobClock() is not 0 and var now)
            return new LeaseTicket(queue, Kind.OfJob, held: null, now);
        // The thread's ticket is out, and may be for long. It goes to the pool when it comes back, unless it does so in
        // this very moment and is left to the collector; the thread has another one from now on.
        if (t_own is { } before)
            before._kind = Kind.Spare;
        if (!Spares.TryDequeue(out var ticket))
            ticket = new LeaseTicket(queue, Kind.OfThread);
        ticket._kind = Kind.OfThread;
        return t_own = ticket;
    }
}
