namespace QueueAdmission;

/// <summary>A running job: its start times, and the workers to release at its end.</summary>
internal readonly struct JobRun
{
    private const long Untimed = -1;

    private readonly AdmissionEngine _engine;
    private readonly JobRecord? _held;
    private readonly long _latencyFrom;
    private readonly long _durationFrom;

    private JobRun(AdmissionEngine engine, JobRecord? held)
    {
        _engine = engine;
        _held = held;
        // The search for the best number of workers uses only live jobs, because background jobs may do different work.
        _latencyFrom = engine.MeasuresLatency && held is not { IsBackground: true }
            ? engine.Clock.GetTimestamp()
            : Untimed;
        _durationFrom = engine.Telemetry.ReadJobClock();
    }

    /// <summary>
    /// Returns whether a job needs a <see cref="JobRun"/>. A job without a record needs none, unless its time is
    /// measured.
    /// </summary>
    public static bool IsNeeded(AdmissionEngine engine, JobRecord? held) =>
        held is not null || engine.MeasuresLatency || engine.Telemetry.MeasuresJobs;

    /// <param name="engine">The engine that admitted the job.</param>
    /// <param name="held">The record from its <see cref="Admission"/>.</param>
    public static JobRun Begin(AdmissionEngine engine, JobRecord? held) => new(engine, held);

    /// <summary>Releases the workers of a job that has ended, and reports its times.</summary>
    /// <param name="isComparable">
    /// Whether the job's time is comparable to that of other jobs. False if the job failed, or has excluded itself by
    /// <see cref="QueueLease.IgnoreLatency"/>.
    /// </param>
    public void End(bool isComparable)
    {
        try
        {
            if (isComparable && _latencyFrom != Untimed)
                _engine.Feedback.ReportLatency(_engine.Clock.GetTimestamp() - _latencyFrom);
        }
        finally
        {
            // The workers are released even if the report throws.
            _engine.Release(_held);
        }
        if (_durationFrom != 0)
            _engine.Telemetry.RecordJobSince(_durationFrom);
    }
}
