namespace QueueAdmission;

/// <summary>
/// Receives the reports of jobs, from which the queue learns: their latency, overload of a backend, and lost clients.
/// </summary>
internal sealed class JobFeedback(
    AdmissionEngine engine, QueueConditions conditions, AdaptiveControl adaptive, AdaptiveMaxWait patience)
{
    /// <summary>Whether the queue learns from clients that disconnect while their jobs run.</summary>
    public bool LearnsPatience => patience.IsOn;

    /// <summary>
    /// Reports the latency of a job that succeeded and is comparable to other jobs. Called before the job's worker is
    /// released.
    /// </summary>
    /// <param name="latency">The time for which the job held its worker, in ticks of the queue's clock.</param>
    public void ReportLatency(long latency)
    {
        if (adaptive.Active is not { } search)
            return;
        var (limit, found) = (engine.Slots.Limit, adaptive.Workers);
        var isFull = engine.Slots.Free <= 0 && limit >= found;
        if (search.Report(latency, isFull, limit, conditions.Settings) is not { } workers || workers == found)
            return;
        // TrySet checks again: the bounds may have changed meanwhile, or an operator may have set the number.
        engine.Change(() => adaptive.TrySet(search, workers, conditions.Settings));
    }

    /// <summary>Reports that a service which a job calls is overloaded.</summary>
    public void ReportOverload() => adaptive.Active?.ReportOverload();

    /// <summary>
    /// Reports that the client of a job disconnected while the job held its worker. The job had waited before.
    /// </summary>
    /// <param name="key">The key of the job.</param>
    /// <param name="waited">The time for which the job had waited, in ticks of the queue's clock.</param>
    /// <param name="age">The age of the request when its client left, in ticks.</param>
    public void ReportWasted(string? key, long waited, long age) => engine.Change(() =>
    {
        // No sample of the drain rate is taken, because the queue may not be busy.
        engine.Clock.UpdateNowWithoutSampleLocked();
        patience.OnWasted(key, waited, age, engine.Slots.RanLive);
        // Because of this report, no job can start and none has to leave.
        return false;
    });
}
