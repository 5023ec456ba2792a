using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// The admission of a request that needs more than its worker recorded: it waited, it holds several workers, its worker
/// counts for a key, its latency is measured, it was let through by a dry run, or it already holds a worker of another
/// queue.
/// </summary>
internal sealed class DetailedAdmission : RequestAdmission
{
    private const long Untimed = -1;

    private readonly JobRecord? _record;
    private readonly RequestAdmission? _outer;
    private readonly long _waited;
    private ClientWatch? _client;
    private long _latencyStart;

    public DetailedAdmission(AdmissionEngine engine, in Admission admission, RequestAdmission? outer)
        : base(engine)
    {
        _record = admission.Held;
        _outer = outer;
        _waited = admission.WaitedTimestampTicks;
        Waited = engine.Clock.ToTimeSpan(_waited);
        WaitersAhead = admission.WaitersAhead;
        WouldHaveRejected = admission.WouldHaveRejected;
        _latencyStart = engine.MeasuresLatency ? engine.Clock.GetTimestamp() : Untimed;
    }

    public override TimeSpan Waited { get; }

    public override int WaitersAhead { get; }

    /// <summary>
    /// The reason for which a queue in dry run would have rejected the request; null if it would not have.
    /// </summary>
    public RejectionReason? WouldHaveRejected { get; }

    public override RequestAdmission? Outer => _outer;

    public override void IgnoreLatency() => Volatile.Write(ref _latencyStart, Untimed);

    /// <summary>
    /// Starts to watch whether the client leaves before the worker is released. Only a request that waited is watched.
    /// Called before the handler runs, so that no other flow can release the worker during the call.
    /// </summary>
    public void WatchClient(HttpContext context)
    {
        if (_waited > 0 && Engine.Feedback.LearnsPatience)
        {
            _client = ClientWatch.Begin(context, Queue, _record?.Key, _waited);
        }
    }

    /// <summary>
    /// Reports the latency of a handler that has ended without an exception. The latency counts if the request still
    /// holds its worker and its answer is comparable.
    /// </summary>
    public void ReportLatency(HttpContext context)
    {
        if (HoldsWorker
            && Volatile.Read(ref _latencyStart) is var start and not Untimed
            && HasComparableAnswer(context))
        {
            Engine.Feedback.ReportLatency(Engine.Clock.GetTimestamp() - start);
        }
    }

    protected override void GiveBack()
    {
        _client?.End();
        Engine.Release(_record);
    }

    /// <summary>
    /// Returns whether the context still belongs to this request and the answer is comparable. A middleware in front
    /// may have answered long ago while the handler ran on. The context may then be over or belong to another request.
    /// </summary>
    private bool HasComparableAnswer(HttpContext context)
    {
        try
        {
            return Find(context) == this && ComparableAnswer.Is(context.Response);
        }
        // The features belong to other code. Their exceptions must not change the outcome of a handler that succeeded.
#pragma warning disable CA1031
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
