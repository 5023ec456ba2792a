using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The worker of one request, and at the same time the <see cref="IQueueFeature"/> of that request.</summary>
/// <remarks>
/// <para>The admitted flow keeps this object in a local variable, and calls <see cref="Leave"/> when its pipeline has
/// ended. It never looks the object up in the context again, because the context may then be over, wrapped or copied.
/// If a middleware in front has answered while this pipeline ran on, Kestrel may even use the same context object for
/// the next request.</para>
/// <para>At first, a worker has one holder. If a request passes the middleware again inside the first pass, the second
/// pass becomes a further holder (<see cref="FindToJoin"/>). The worker is freed when the last holder has left. An
/// early release frees the worker at once, for all holders.</para>
/// <para>One counter determines which call frees the worker. The counter is above 0 while the worker is held.
/// <see cref="Leave"/> frees the worker only if it changes the counter to 0. An early release frees the worker only if
/// it changes the counter from a value above 0. Each change of the counter is one atomic step, so exactly one call
/// frees the worker.</para>
/// <para>The object takes 40 bytes for each admitted request. It is never pooled. Otherwise code that keeps the object
/// after its request could free the worker of another request.</para>
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
    /// <param name="startedAt">
    /// The time at which the job started, from <c>ReadJobClock</c>. 0 if this object does not measure the job.
    /// </param>
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
    /// The admission to another queue that the request already had when it got this admission. Null if it had none.
    /// </summary>
    public virtual RequestAdmission? Outer => null;

    protected AdmissionEngine Engine { get; }

    /// <summary>Creates the admission of a request that has taken a free worker.</summary>
    /// <param name="engine">The engine of the queue.</param>
    /// <param name="outer">The admission that the request already has; null if it has none.</param>
    public static RequestAdmission OfFreeWorker(AdmissionEngine engine, RequestAdmission? outer) =>
        outer is null && !engine.MeasuresLatency
            ? new RequestAdmission(engine)
            : new DetailedAdmission(engine, Admission.Immediate(held: null), outer);

    /// <summary>Creates the admission of a request from the queue's decision to admit it.</summary>
    /// <param name="engine">The engine of the queue.</param>
    /// <param name="admission">The queue's decision.</param>
    /// <param name="outer">The admission that the request already has; null if it has none.</param>
    public static RequestAdmission Of(AdmissionEngine engine, in Admission admission, RequestAdmission? outer) =>
        outer is null && admission.IsPlain && !engine.MeasuresLatency
            ? new RequestAdmission(engine)
            : new DetailedAdmission(engine, admission, outer);

    /// <summary>Returns the admission among the features of the context, or null.</summary>
    public static RequestAdmission? Find(HttpContext context) =>
        context.Features.Find<IQueueFeature>() as RequestAdmission;

    /// <summary>Returns the innermost admission of the request that still holds its worker, or null.</summary>
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
    /// Finds this or an outer admission that still holds a worker of the queue, and makes the caller a further holder
    /// of that worker.
    /// </summary>
    /// <returns>
    /// The admission, on which the caller must call <see cref="Leave"/> once. Null if no such worker is held.
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

    /// <summary>
    /// Ends the hold of the caller on the worker. Called when the pipeline of the holder has ended. The last holder
    /// frees the worker.
    /// </summary>
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
        // If the latency counts, the admission is a DetailedAdmission.
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
