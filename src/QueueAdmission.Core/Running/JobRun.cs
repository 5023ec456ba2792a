namespace QueueAdmission;

/// <summary>A running job: when it began, and what has to be given back and reported at its end.</summary>
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
        // Background jobs may be of another kind than live ones, whose latency the search is about.
        _latencyFrom = engine.MeasuresLatency && held is not { IsBackground: true }
            ? engine.Clock.GetTimestamp()
            : Untimed;
        _durationFrom = engine.Telemetry.ReadJobClock();
    }

    /// <summary>Whether more has to be remembered of a job than that it holds one worker.</summary>
    public static bool IsNeeded(AdmissionEngine engine, JobRecord? held) =>
        held is not null || engine.MeasuresLatency || engine.Telemetry.MeasuresJobs;

    /// <param name="engine">The engine that admitted the job.</param>
    /// <param name="held">What its <see cref="Admission"/> said.</param>
    public static JobRun Begin(AdmissionEngine engine, JobRecord? held) => new(engine, held);

    /// <summary>The job has ended: its workers are given back, and its times are reported.</summary>
    /// <param name="isComparable">
    /// Whether its time says something about other jobs: it did not fail, and did not say otherwise.
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
            // No report may cost a worker.
            _engine.Release(_held);
        }
        if (_durationFrom != 0)
            _engine.Telemetry.RecordJobSince(_durationFrom);
    }
}
