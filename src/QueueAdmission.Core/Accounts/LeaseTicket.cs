using System.Collections.Concurrent;

namespace QueueAdmission;

/// <summary>Owns one worker on behalf of a lease, and gives it back once.</summary>
/// <remarks>
/// A lease is a struct that may be copied and disposed anywhere, so the fact of having been disposed must live in one place: the
/// ticket's version. Release is a compare-and-set from the lease's version to the next; the one who wins gives the worker back and may reuse
/// the ticket, because every older lease now holds a version that never returns (64 bits).
/// </remarks>
internal sealed class LeaseTicket
{
    private const int SpareLimit = 1_024;

    [ThreadStatic]
    private static LeaseTicket? t_spare;

    // Leases that are taken on one thread and disposed on another would empty one thread's spare and overflow the other's.
    private static readonly ConcurrentQueue<LeaseTicket> Spares = new();

    private JobQueue? _queue;
    private long _version;

    public long Version => _version;

    public static LeaseTicket Issue(JobQueue queue)
    {
        var ticket = t_spare;
        if (ticket is not null)
            t_spare = null;
        else if (!Spares.TryDequeue(out ticket))
            ticket = new LeaseTicket();
        ticket._queue = queue;
        return ticket;
    }

    public void Release(long version)
    {
        if (Volatile.Read(ref _version) != version || Interlocked.CompareExchange(ref _version, version + 1, version) != version)
            return;
        var queue = _queue!;
        _queue = null;
        if (t_spare is null)
            t_spare = this;
        else if (Spares.Count < SpareLimit)
            Spares.Enqueue(this);
        queue.Release();
    }
}
