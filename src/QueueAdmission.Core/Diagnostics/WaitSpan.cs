using System.Diagnostics;

namespace QueueAdmission;

/// <summary>
/// Writes the wait of a job as a span, in the trace of the flow that waited. Jobs that did not wait have no such span.
/// </summary>
/// <remarks>
/// The span is created when the wait is over, with a start time in the past. Samplers can therefore use the outcome,
/// and a waiting job stores no data for the span. The parent of the span is the current activity of the flow that
/// waited. For a request, this is the activity of the request.
/// </remarks>
internal static class WaitSpan
{
    private static readonly ActivitySource Source = new(QueueMetrics.MeterName);

    public static void Write(JobQueue queue, in Admission admission, int partition)
    {
        if (!Source.HasListeners())
            return;
        var before = Activity.Current;
        ForeignCode.Run(
            (queue, admission, partition), static wait => WriteSpan(wait.queue, wait.admission, wait.partition));
        // If a listener throws when the span starts or stops, the span remains the current activity, and all later work
        // of the flow would belong to it. Restoring the previous activity calls the listeners of
        // Activity.CurrentChanged, which are foreign code as well.
        if (!ReferenceEquals(Activity.Current, before))
            ForeignCode.Run(before, static before => Activity.Current = before);
    }

    private static void WriteSpan(JobQueue queue, in Admission admission, int partition)
    {
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
            $"wait {queue.Name}", ActivityKind.Internal, parentContext: default, tags,
            startTime: end - queue.ToTimeSpan(admission.WaitedTimestampTicks));
        if (span is null)
            return;
        if (admission.Status == AdmissionStatus.Rejected)
            span.SetStatus(ActivityStatusCode.Error);
        span.SetEndTime(end.UtcDateTime);
    }
}
