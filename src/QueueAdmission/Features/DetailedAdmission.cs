using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// The admission of a request of which more is known: it waited, it holds several workers or one in its caller's name, its
/// latency counts, or it holds a worker of another queue already.
/// </summary>
internal sealed class DetailedAdmission : RequestAdmission
{
    private const long Untimed = -1;

    private readonly JobRecord? _record;
    private readonly RequestAdmission? _outer;
    private long _latencyStart;

    public DetailedAdmission(JobQueue queue, in Admission admission, RequestAdmission? outer)
        : base(queue)
    {
        _record = admission.Held;
        _outer = outer;
        Waited = queue.ToTimeSpan(admission.WaitedTimestampTicks);
        WaitersAhead = admission.WaitersAhead;
        WouldHaveRejected = admission.WouldHaveRejected;
        _latencyStart = queue.MeasuresLatency ? queue.Time.GetTimestamp() : Untimed;
    }

    public override TimeSpan Waited { get; }

    public override int WaitersAhead { get; }

    /// <summary>Why a queue in dry run would have rejected the request; null if it would not.</summary>
    public RejectionReason? WouldHaveRejected { get; }

    public override RequestAdmission? Outer => _outer;

    public override void IgnoreLatency() => Volatile.Write(ref _latencyStart, Untimed);

    /// <summary>The handler has ended well. Its latency counts if it held its worker all the time and its answer is like others.</summary>
    public void ReportLatency(HttpContext context)
    {
        if (HoldsWorker && Volatile.Read(ref _latencyStart) is var start and not Untimed && HasComparableAnswer(context))
        {
            Queue.ReportLatency(Queue.Time.GetTimestamp() - start);
        }
    }

    protected override void GiveBack() => Queue.Release(_record);

    /// <summary>
    /// Whether the context still belongs to this request, and its answer is like others. A middleware in front may have
    /// answered long ago and let the handler run on: then the context is over, or that of another request.
    /// </summary>
    private bool HasComparableAnswer(HttpContext context)
    {
        try
        {
            return Find(context) == this && ComparableAnswer.Is(context.Response);
        }
#pragma warning disable CA1031 // The features are not ours. What they throw must not change the outcome of a handler that has ended well.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
