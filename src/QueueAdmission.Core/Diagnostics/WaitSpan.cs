using System.Diagnostics;

namespace QueueAdmission;

/// <summary>A job's waiting as a span of its own in the trace of whoever waited. Jobs that did not wait have none.</summary>
/// <remarks>
/// It is made when the waiting is over, with the start set back: then its outcome is known, so that a sampler can decide on it, and a parked job carries
/// nothing for it. It is a child of the activity that is current in the waiting flow, which for a request is the request's.
/// </remarks>
internal static class WaitSpan
{
    private static readonly ActivitySource Source = new(QueueMetrics.MeterName);

    public static void Write(JobQueue queue, in Admission admission, int partition)
    {
        if (!Source.HasListeners())
            return;
        var end = queue.Time.GetUtcNow();
        var tags = new ActivityTagsCollection
        {
            { QueueTags.Queue, queue.Name },
            { QueueTags.Partition, partition },
            { QueueTags.Outcome, QueueTags.OutcomeOf(admission.Status) },
        };
        if (admission.Status == AdmissionStatus.Rejected)
            tags.Add(QueueTags.Reason, admission.Rejection.Reason.ToWireName());
        using var span = Source.StartActivity(
            $"wait {queue.Name}", ActivityKind.Internal, parentContext: default, tags, startTime: end - queue.ToTimeSpan(admission.WaitedTimestampTicks));
        if (span is null)
            return;
        if (admission.Status == AdmissionStatus.Rejected)
            span.SetStatus(ActivityStatusCode.Error);
        span.SetEndTime(end.UtcDateTime);
    }
}
