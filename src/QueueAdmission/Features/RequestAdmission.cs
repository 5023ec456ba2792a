using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The worker of one request, and at the same time the <see cref="IQueueFeature"/> of that request.</summary>
/// <remarks>
/// <para>The admitted flow keeps this object in a local variable, and calls <see cref="Leave"/> when its pipeline has
/// ended. It never looks the object up in the context again. By then the context may be over, wrapped or copied.
/// Kestrel may even use the same context object for the next request, while a middleware in front let this pipeline run
/// on.</para>
/// <para>A worker has one holder at first. A pass through the middleware inside of another one joins it
/// (<see cref="FindToJoin"/>). The worker is free when the last holder has left. An early release frees it at once and
/// takes it from all holders.</para>
/// <para>One counter decides which call frees the worker. It is above 0 while the worker is held. <see cref="Leave"/>
/// frees the worker only if it makes the counter 0. An early release frees it only if it changes the counter from a
/// value above 0. No two atomic steps see the same change, so exactly one of them frees the worker.</para>
/// <para>The object takes 40 bytes for each admitted request. It is never pooled. Otherwise code that keeps it after
/// its request could free the worker of another request.</para>
/// </remarks>
internal class RequestAdmission : IQueueFeature
{
    private const int Released = int.MinValue / 2;

    private readonly long _startedAt;
    private int _holders = 1;

    /// <param name="engine">The engine of the queue. The caller has just taken one of its workers.</param>
    public RequestAdmission(AdmissionEngine engine)
        : this(engine, engine.Telemetry.ReadJobClock())
    {
    }

    /// <param name="engine">The engine of the queue.</param>
    /// <param name="startedAt">When the job began, by the clock of jobs; 0 if it is not measured here.</param>
    protected RequestAdmission(AdmissionEngine engine, long startedAt)
    {
        Engine = engine;
        _startedAt = startedAt;
    }

    public JobQueue Queue => Engine.Telemetry.Queue;

    public virtual TimeSpan Waited => TimeSpan.Zero;

    public virtual int WaitersAhead => 0;

    public bool HoldsWorker => Volatile.Read(ref _holders) > 0;

    /// <summary>
    /// The admission to another queue that the request already had when it got this one. Null if there is none.
    /// </summary>
    public virtual RequestAdmission? Outer => null;

    protected AdmissionEngine Engine { get; }

    /// <summary>The admission of a request that took a free worker.</summary>
    /// <param name="engine">The engine of the queue.</param>
    /// <param name="outer">An admission that the request already holds; null if there is none.</param>
    public static RequestAdmission OfFreeWorker(AdmissionEngine engine, RequestAdmission? outer) =>
        outer is null && !engine.MeasuresLatency
            ? new RequestAdmission(engine)
            : new DetailedAdmission(engine, Admission.Immediate(held: null), outer);

    /// <summary>The admission of a request after the queue has decided to admit it.</summary>
    /// <param name="engine">The engine of the queue.</param>
    /// <param name="admission">The queue's decision.</param>
    /// <param name="outer">An admission that the request already holds; null if there is none.</param>
    public static RequestAdmission Of(AdmissionEngine engine, in Admission admission, RequestAdmission? outer) =>
        outer is null && admission.IsPlain && !engine.MeasuresLatency
            ? new RequestAdmission(engine)
            : new DetailedAdmission(engine, admission, outer);

    /// <summary>The admission that the context carries; null if it carries none.</summary>
    public static RequestAdmission? Find(HttpContext context) =>
        context.Features.Find<IQueueFeature>() as RequestAdmission;

    /// <summary>The innermost admission of the request that still holds its worker; null if there is none.</summary>
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
    /// <returns>
    /// The admission, on which the caller calls <see cref="Leave"/> once; null if there is none to join.
    /// </returns>
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

    /// <summary>Ends one hold, when the pipeline of the holder has ended. The last holder frees the worker.</summary>
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

    protected virtual void GiveBack() => Engine.Release();

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
            Engine.Telemetry.RecordJobSince(_startedAt);
        }
    }
}
