using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>One request's worker, and at the same time the <see cref="IQueueFeature"/> of that request.</summary>
/// <remarks>
/// <para>The flow that was admitted keeps this object in a local variable and ends it when its pipeline has ended. It never
/// looks the object up in the context again. By then the context may be over, or wrapped, or copied. Kestrel may even have
/// given the same context object to the next request, while a middleware in front let this pipeline run on.</para>
/// <para>A worker has one holder at first. A pass through the middleware inside of another one joins it
/// (<see cref="FindToJoin"/>), and the worker is free when the last holder has left. An early release frees it at once and
/// takes it from all holders. One counter decides between them: it is above 0 while the worker is held, <see cref="Leave"/>
/// frees the worker only where it makes the counter 0, and an early release frees it only where it takes the counter from
/// above 0. Each atomic step sees a value of its own, so exactly one of them frees the worker.</para>
/// <para>40 bytes for each admitted request. The object is never pooled: code that keeps it beyond its request would
/// otherwise free the worker of another request.</para>
/// </remarks>
internal class RequestAdmission : IQueueFeature
{
    private const int Released = int.MinValue / 2;

    private readonly long _startedAt;
    private int _holders = 1;

    /// <param name="queue">The queue. The caller has just taken one of its workers.</param>
    public RequestAdmission(JobQueue queue)
    {
        Queue = queue;
        _startedAt = queue.ReadJobClock();
    }

    public JobQueue Queue { get; }

    public virtual TimeSpan Waited => TimeSpan.Zero;

    public virtual int WaitersAhead => 0;

    public bool HoldsWorker => Volatile.Read(ref _holders) > 0;

    /// <summary>The admission to another queue that the request already had when it got this one; null if there is none.</summary>
    public virtual RequestAdmission? Outer => null;

    /// <summary>The admission of a request that took a free worker.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="outer">An admission that the request holds already; null if there is none.</param>
    public static RequestAdmission OfFreeWorker(JobQueue queue, RequestAdmission? outer) =>
        outer is null && !queue.MeasuresLatency
            ? new RequestAdmission(queue)
            : new DetailedAdmission(queue, Admission.Immediate(held: null), outer);

    /// <summary>The admission of a request that the queue let through.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="admission">The queue's decision.</param>
    /// <param name="outer">An admission that the request holds already; null if there is none.</param>
    public static RequestAdmission Of(JobQueue queue, in Admission admission, RequestAdmission? outer) =>
        outer is null && admission.IsPlain && !queue.MeasuresLatency
            ? new RequestAdmission(queue)
            : new DetailedAdmission(queue, admission, outer);

    /// <summary>The admission that the context carries; null if it carries none.</summary>
    public static RequestAdmission? Find(HttpContext context) => context.Features.Find<IQueueFeature>() as RequestAdmission;

    /// <summary>The innermost admission of the request that still holds its worker; null if none does.</summary>
    public static RequestAdmission? FindHolding(HttpContext context)
    {
        var admission = Find(context);
        while (admission is { HoldsWorker: false })
        {
            admission = admission.Outer;
        }
        return admission;
    }

    /// <summary>
    /// Finds a worker of the queue that this or an outer admission still holds, and becomes a further holder of it.
    /// </summary>
    /// <returns>The admission, on which the caller calls <see cref="Leave"/> once; null if there is none to join.</returns>
    public RequestAdmission? FindToJoin(JobQueue queue)
    {
        for (var admission = this; admission is not null; admission = admission.Outer)
        {
            if (admission.Queue == queue && admission.TryJoin())
            {
                return admission;
            }
        }
        return null;
    }

    /// <summary>A holder's pipeline has ended. The worker is free when the last one has left.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Free();
        }
    }

    public bool ReleaseWorker()
    {
        if (Interlocked.Exchange(ref _holders, Released) <= 0)
        {
            return false;
        }
        Free();
        return true;
    }

    public void ReportOverload() => Queue.ReportOverload();

    public virtual void IgnoreLatency()
    {
        // Where latency counts, the admission is a DetailedAdmission.
    }

    protected virtual void GiveBack() => Queue.Release();

    private bool TryJoin()
    {
        var holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }
            holders = seen;
        }
        return false;
    }

    private void Free()
    {
        GiveBack();
        if (_startedAt != 0)
        {
            Queue.RecordJobSince(_startedAt);
        }
    }
}
