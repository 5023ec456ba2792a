using System.Diagnostics.Metrics;

namespace QueueAdmission;

/// <summary>
/// Reports the durations of the jobs and the waits of one queue. A listener that throws has no effect.
/// </summary>
internal sealed class QueueTelemetry(JobQueue queue)
{
    private Histogram<double>? _jobDurations;

    /// <summary>See <see cref="JobQueue.JobWaiting"/>.</summary>
    public event Action<JobQueue>? JobWaiting;

    public JobQueue Queue => queue;

    /// <summary>The instruments that get the measurements; null if the program has no meters.</summary>
    public QueueMetrics? Metrics { get; private set; }

    /// <summary>
    /// Whether the durations of jobs have a listener. Every job asks, so the value comes from the instrument itself.
    /// </summary>
    public bool MeasuresJobs => _jobDurations is { Enabled: true };

    /// <summary>Called once, before the queue is used.</summary>
    public void ReportTo(QueueMetrics metrics)
    {
        Metrics = metrics;
        _jobDurations = metrics.JobDurations;
    }

    /// <summary>The time, for measuring a job; 0 without a listener.</summary>
    public long ReadJobClock() => MeasuresJobs ? queue.Time.GetTimestamp() : 0;

    /// <summary>A job that was measured has ended.</summary>
    public void RecordJobSince(long started) => Metrics?.RecordJob(queue, queue.Time.GetElapsedTime(started));

    /// <summary>A job has begun to wait. Called outside of the queue's lock.</summary>
    public void ReportWaiting()
    {
        if (JobWaiting is { } told)
            ForeignCode.Run((told, queue), static told => told.told(told.queue));
    }

    /// <summary>A wait is over. Called on the flow that waited.</summary>
    public void ReportWait(in Admission admission, int partition)
    {
        Metrics?.RecordWait(queue, admission);
        WaitSpan.Write(queue, admission, partition);
    }
}
