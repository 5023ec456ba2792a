using System.Diagnostics;

namespace QueueAdmission;

/// <summary>
/// The wait of a job as a span in the trace of the flow that waited. Jobs that did not wait have none.
/// </summary>
/// <remarks>
/// The span is made when the wait is over, with its start set back. By then a sampler can use the outcome, and a
/// waiting job carries nothing for the span. Its parent is the current activity of the waiting flow. For a request,
/// that is the activity of the request.
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
        // A listener that throws at the start or at the stop leaves the span current, and with it everything that the
        // flow does from here on. Setting it back calls the listeners of Activity.CurrentChanged.
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
