namespace QueueAdmission;

/// <summary>What jobs report about themselves, so that the queue learns from it.</summary>
internal sealed class JobFeedback(
    AdmissionEngine engine, QueueConditions conditions, AdaptiveControl adaptive, AdaptiveMaxWait patience)
{
    /// <summary>Whether the queue learns from clients that leave while their jobs run.</summary>
    public bool LearnsPatience => patience.IsOn;

    /// <summary>
    /// Reports the latency of a job that ended well and is comparable to others. Called before its worker is given
    /// back.
    /// </summary>
    /// <param name="latency">How long it held its worker, in ticks of the queue's clock.</param>
    public void ReportLatency(long latency)
    {
        if (adaptive.Active is not { } search)
            return;
        var (limit, found) = (engine.Slots.Limit, adaptive.Workers);
        var isFull = engine.Slots.Free <= 0 && limit >= found;
        if (search.Report(latency, isFull, limit, conditions.Settings) is not { } workers || workers == found)
            return;
        // The bounds may have changed meanwhile, or an operator may have fixed the number.
        engine.Change(() => adaptive.TrySet(search, workers, conditions.Settings));
    }

    /// <summary>A job reports that a service it calls is overloaded.</summary>
    public void ReportOverload() => adaptive.Active?.ReportOverload();

    /// <summary>The client of a job that had waited left while the job held its worker.</summary>
    /// <param name="key">The key of the job.</param>
    /// <param name="waited">How long the job had waited, in ticks of the queue's clock.</param>
    /// <param name="age">The age of the request when its client left, in ticks.</param>
    public void ReportWasted(string? key, long waited, long age) => engine.Change(() =>
    {
        // Without a sample of the drain rate: it is not known here whether the queue is busy.
        engine.Clock.UpdateNowWithoutSampleLocked();
        patience.OnWasted(key, waited, age, engine.Slots.RanLive);
        // No job may start or has to leave because of it.
        return false;
    });
}
