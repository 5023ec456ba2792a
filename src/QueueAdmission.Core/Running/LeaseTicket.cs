using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>Owns one worker on behalf of a lease, and gives it back once.</summary>
/// <remarks>
/// <para>A lease is a struct that may be copied and disposed anywhere. So one place must know whether it was disposed:
/// the ticket's version. It is even while the ticket is free, and odd otherwise. Release is a compare-and-set from the
/// lease's version to the next odd one. The winner gives the worker back. Every older lease holds a version that never
/// returns (64 bits).</para>
/// <para>A free ticket refers to no queue, because it may be free for as long as its thread lives. Until the winner has
/// removed the reference the version stays odd, so the ticket is not issued meanwhile.</para>
/// <para>Each thread keeps one ticket. Only its own thread issues it, and only while its version is even, so issuing
/// needs no atomic step. A lease that is disposed on another thread frees the ticket for the thread that keeps it.
/// While the ticket of a thread is in use, the thread takes another one from a common pool, and keeps that instead. A
/// job that needs a <see cref="JobRun"/> has a ticket of its own.</para>
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

    /// <summary>Issues a ticket for a job that has a record, or is timed.</summary>
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

    /// <summary>Issues a ticket for a job with a worker that another ticket gives back.</summary>
    public static LeaseTicket IssueShared(AdmissionEngine engine) => new(engine, Kind.Shared) { _version = 1 };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(long version)
    {
        // The kind is read first. As soon as the version is even, the thread may issue the ticket again and then give
        // it up. A release that took it for a spare one would put a ticket in use into the pool. Then one of two leases
        // would never give its worker back.
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

    /// <summary>Whether the lease of that version was not disposed yet.</summary>
    public bool IsOut(long version) => Volatile.Read(ref _version) == version;

    /// <summary>The queue of the lease of that version; null if the lease was disposed.</summary>
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
        // The thread's ticket is out, and may be for long. It goes to the pool when it comes back, unless it does so in
        // this very moment and is left to the collector. The thread has another one from now on.
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
