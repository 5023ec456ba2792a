using System.Diagnostics.Metrics;

namespace QueueAdmission;

/// <summary>
/// Reports the durations of the jobs and the waits of one queue. Exceptions of listeners are ignored.
/// </summary>
internal sealed class QueueTelemetry(JobQueue queue)
{
    private Histogram<double>? _jobDurations;

    /// <summary>See <see cref="JobQueue.JobWaiting"/>.</summary>
    public event Action<JobQueue>? JobWaiting;

    public JobQueue Queue => queue;

    /// <summary>
    /// The instruments that receive the measurements. Null if the program has no <see cref="IMeterFactory"/>.
    /// </summary>
    public QueueMetrics? Metrics { get; private set; }

    /// <summary>
    /// Whether a listener collects the durations of jobs. Every job reads this property, so the value comes directly
    /// from the instrument.
    /// </summary>
    public bool MeasuresJobs => _jobDurations is { Enabled: true };

    /// <summary>Sets the instruments. Called once, before the queue is used.</summary>
    public void ReportTo(QueueMetrics metrics)
    {
        Metrics = metrics;
        _jobDurations = metrics.JobDurations;
    }

    /// <summary>Returns the timestamp at which a measured job starts, or 0 if there is no listener.</summary>
    public long ReadJobClock() => MeasuresJobs ? queue.Time.GetTimestamp() : 0;

    /// <summary>Records the duration of a measured job that has ended.</summary>
    public void RecordJobSince(long started) => Metrics?.RecordJob(queue, queue.Time.GetElapsedTime(started));

    /// <summary>
    /// Raises <see cref="JobWaiting"/> when a job has begun to wait. Called outside the queue's lock.
    /// </summary>
    public void ReportWaiting()
    {
        if (JobWaiting is { } told)
            ForeignCode.Run((told, queue), static told => told.told(told.queue));
    }

    /// <summary>Reports a wait that is over. Called in the flow that waited.</summary>
    public void ReportWait(in Admission admission, int partition)
    {
        Metrics?.RecordWait(queue, admission);
        WaitSpan.Write(queue, admission, partition);
    }
}
