using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// The queues that a request entered with <c>EnterQueueAsync</c>. A request that enters one of them again must not wait
/// for its own worker.
/// </summary>
internal sealed class EnteredQueues
{
    private readonly Lock _gate = new();
    private readonly List<(JobQueue Queue, QueueLease Lease)> _leases = [];

    /// <summary>
    /// Returns whether the request holds a worker of the queue, through its endpoint or through a lease that is not
    /// disposed.
    /// </summary>
    public static bool Contains(HttpContext context, JobQueue queue) => All(context).Contains(queue);

    /// <summary>Returns the queues of which the request holds a worker.</summary>
    public static IEnumerable<JobQueue> All(HttpContext context)
    {
        for (var admission = RequestAdmission.Find(context); admission is not null; admission = admission.Outer)
        {
            if (admission.HoldsWorker)
            {
                yield return admission.Queue;
            }
        }
        foreach (var queue in context.Features.Find<EnteredQueues>()?.List() ?? [])
        {
            yield return queue;
        }
    }

    /// <summary>Remembers that the request entered a queue.</summary>
    public static void Add(HttpContext context, JobQueue queue, QueueLease lease)
    {
        try
        {
            if (context.Features.Find<EnteredQueues>() is not { } entered)
            {
                context.Features.Put(entered = new EnteredQueues());
            }
            entered.Add(queue, lease);
        }
        catch
        {
            // A worker must not be lost because the features could not store the lease.
            lease.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Remembers that the request entered a queue after a wait, unless the request ended during the wait. In that case
    /// the context may belong to another request, which does not hold that worker.
    /// </summary>
    public static void AddAfterWaiting(HttpContext context, RequestMark mark, JobQueue queue, QueueLease lease)
    {
        bool isCurrent;
        try
        {
            isCurrent = mark.IsOn(context);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
        if (isCurrent)
        {
            Add(context, queue, lease);
        }
    }

    private void Add(JobQueue queue, QueueLease lease)
    {
        lock (_gate)
        {
            // A handler may enter queues in a loop. The list must not grow beyond the leases that are held.
            _leases.RemoveAll(entered => !entered.Lease.IsHeld);
            _leases.Add((queue, lease));
        }
    }

    private JobQueue[] List()
    {
        lock (_gate)
        {
            return [.. _leases.Where(entered => entered.Lease.IsHeld).Select(entered => entered.Queue)];
        }
    }
}
