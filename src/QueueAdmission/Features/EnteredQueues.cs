using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The queues that a request entered by <c>EnterQueueAsync</c>, so that entering one of them again does not wait for itself.</summary>
internal sealed class EnteredQueues
{
    private readonly Lock _gate = new();
    private readonly List<(JobQueue Queue, QueueLease Lease)> _leases = [];

    /// <summary>Whether the request holds a worker of the queue, by its endpoint or by a lease that was not disposed yet.</summary>
    public static bool Contains(HttpContext context, JobQueue queue) => All(context).Contains(queue);

    /// <summary>The queues of which the request holds a worker.</summary>
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

    /// <summary>The request entered a queue.</summary>
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
            // Features that cannot keep it cost no worker.
            lease.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The request entered a queue after it waited. If the request ended meanwhile, the context says nothing of the lease: it may
    /// belong to another request, which does not hold that worker.
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
            // A handler that enters queues in a loop leaves no more behind than what it holds.
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
