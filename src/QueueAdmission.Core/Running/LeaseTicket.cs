using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>Holds the workers of a lease, and releases them exactly once.</summary>
/// <remarks>
/// <para>A lease is a struct that may be copied and disposed anywhere. The version of its ticket therefore tells
/// whether the lease has been disposed. The version is even while the ticket is free, and odd otherwise. Release is a
/// compare-and-set from the lease's version to the next odd version. The caller whose compare-and-set succeeds releases
/// the worker. The version has 64 bits and is never repeated, so an older lease can release nothing.</para>
/// <para>A free ticket has no reference to a queue, because it may stay free for as long as its thread exists. The
/// version stays odd until Release has removed the reference, so the ticket is not issued before.</para>
/// <para>Each thread keeps one ticket. Only this thread issues the ticket, and only while the version is even, so
/// issuing needs no atomic step. If the lease is disposed on another thread, the ticket becomes free for the thread
/// that keeps it. If the thread's ticket is in use, the thread takes another ticket from a common pool, and keeps the
/// new one instead. For a job that needs a <see cref="JobRun"/>, a separate ticket is created.</para>
/// </remarks>
internal sealed class LeaseTicket
{
    private const int MaxSpares = 1_024;

    [ThreadStatic]
    private static LeaseTicket? t_own;

    private static readonly ConcurrentQueue<LeaseTicket> Spares = new();

    private readonly JobRun _run;
    private volatile Kind _kind;
    private volatile bool _ignoresLatency;
    private AdmissionEngine? _engine;
    private long _version;

    private LeaseTicket(AdmissionEngine engine, Kind kind)
    {
        _engine = engine;
        _kind = kind;
    }

    private LeaseTicket(AdmissionEngine engine, JobRun run)
        : this(engine, Kind.OfJob)
    {
        _run = run;
        _version = 1;
    }

    private enum Kind : byte
    {
        /// <summary>The ticket is kept by its thread.</summary>
        OfThread,

        /// <summary>The ticket returns to the common pool.</summary>
        Spare,

        /// <summary>The ticket is used for one job only.</summary>
        OfJob,

        /// <summary>The ticket is used for one job only, on a worker that another ticket releases.</summary>
        Shared,
    }

    public long Version => _version;

    /// <summary>Issues a ticket for a job that holds one worker and was admitted at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LeaseTicket Issue(AdmissionEngine engine)
    {
        var ticket = t_own;
        if (ticket is null || (Volatile.Read(ref ticket._version) & 1) != 0 || engine.MeasuresLatency
            || engine.Telemetry.MeasuresJobs)
            return Issue(engine, held: null);
        ticket._engine = engine;
        ticket._version++;
        return ticket;
    }

    /// <summary>Issues a ticket for any job, including one that has a record or whose time is measured.</summary>
    public static LeaseTicket Issue(AdmissionEngine engine, JobRecord? held)
    {
        if (JobRun.IsNeeded(engine, held))
            return new LeaseTicket(engine, JobRun.Begin(engine, held));
        var ticket = t_own;
        if (ticket is null || (Volatile.Read(ref ticket._version) & 1) != 0)
            ticket = IssueAnother(engine);
        ticket._engine = engine;
        ticket._version++;
        return ticket;
    }

    /// <summary>Issues a ticket for a job on a worker that another ticket releases.</summary>
    public static LeaseTicket IssueShared(AdmissionEngine engine) => new(engine, Kind.Shared) { _version = 1 };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(long version)
    {
        // The kind is read before the version changes. As soon as the version is even, the thread may issue the ticket
        // again and then make it a spare. If this release then read the kind Spare, it would put a ticket in use into
        // the pool. The ticket would be issued twice, and one of the two leases would never release its worker.
        var kind = _kind;
        if (Interlocked.CompareExchange(ref _version, version + 2, version) != version)
            return;
        var engine = _engine!;
        _engine = null;
        Volatile.Write(ref _version, version + 3);
        if (kind != Kind.OfThread)
            EndUse(engine, kind);
        else
            engine.Release();
    }

    /// <summary>Returns whether the lease with this version has not been disposed yet.</summary>
    public bool IsOut(long version) => Volatile.Read(ref _version) == version;

    /// <summary>Returns the queue of the lease with this version. Null if the lease has been disposed.</summary>
    public JobQueue? QueueOf(long version)
    {
        var engine = _engine;
        return IsOut(version) ? engine?.Telemetry.Queue : null;
    }

    /// <summary>Excludes the time of this job from the measured latency.</summary>
    public void IgnoreLatency()
    {
        if (_kind == Kind.OfJob)
            _ignoresLatency = true;
    }

    public void ReportOverload(long version)
    {
        var engine = _engine;
        if (Volatile.Read(ref _version) == version)
            engine?.Feedback.ReportOverload();
    }

    private static LeaseTicket IssueAnother(AdmissionEngine engine)
    {
        // The thread's ticket is in use, possibly for a long time. It goes to the pool when it is released. If it is
        // released at this moment, the release may still read the old kind, and the ticket is left to the garbage
        // collector. From now on the thread keeps another ticket.
        if (t_own is { } before)
            before._kind = Kind.Spare;
        if (!Spares.TryDequeue(out var ticket))
            ticket = new LeaseTicket(engine, Kind.OfThread);
        ticket._kind = Kind.OfThread;
        return t_own = ticket;
    }

    private void EndUse(AdmissionEngine engine, Kind kind)
    {
        switch (kind)
        {
            case Kind.OfJob:
                _run.End(isComparable: !_ignoresLatency);
                break;
            case Kind.Spare:
                if (Spares.Count < MaxSpares)
                    Spares.Enqueue(this);
                engine.Release();
                break;
        }
    }
}
