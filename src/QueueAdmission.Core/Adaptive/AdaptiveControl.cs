namespace QueueAdmission;

/// <summary>
/// Controls the search for the best number of workers. The result is the cap <c>adaptive</c>, within the bounds of the
/// settings.
/// </summary>
/// <remarks>
/// Without <see cref="JobQueueOptions.AdaptiveWorkers"/>, a queue has no search and takes no timestamps for one. While
/// an operator overrides the number of workers, the search is suspended. Its cap keeps its value and is in force again
/// afterwards. All members are guarded by the queue's lock, except <see cref="Active"/> and <see cref="Workers"/>,
/// which may be read without it.
/// </remarks>
internal sealed class AdaptiveControl(WorkerLimit limit)
{
    private AdaptiveWorkers? _search;
    private AdaptiveWorkers? _active;

    /// <summary>The number of workers that the search has found so far. May be read without the lock.</summary>
    public int Workers { get; private set; }

    /// <summary>
    /// The search that jobs report to. Null if there is none, or if it is suspended. May be read without the lock.
    /// </summary>
    public AdaptiveWorkers? Active => Volatile.Read(ref _active);

    /// <summary>
    /// Applies changed settings. The search restarts only if <see cref="JobQueueOptions.Workers"/>, its starting point,
    /// has changed.
    /// </summary>
    /// <param name="settings">The new settings.</param>
    /// <param name="before">The previous settings; null on the first call.</param>
    public void Configure(JobQueueOptions settings, JobQueueOptions? before)
    {
        if (!settings.AdaptiveWorkers)
        {
            _search = null;
            limit.SetAdaptive(null);
        }
        else if (_search is null || settings.Workers != before?.Workers)
        {
            _search = new AdaptiveWorkers(settings.Workers);
            SetCap(settings.Workers);
        }
        else
        {
            SetCap(Math.Clamp(Workers, settings.MinWorkers, settings.MaxWorkers));
        }
        UpdateActive();
    }

    /// <summary>Called when an operator's override begins or ends. Suspends or resumes the search.</summary>
    public void UpdateActive() => Volatile.Write(ref _active, limit.IsOverridden ? null : _search);

    /// <summary>Sets the cap to the number of workers that a search has found.</summary>
    /// <returns>
    /// False if <paramref name="search"/> is no longer the active search. Its result is then dropped, because the
    /// settings or an override have changed since.
    /// </returns>
    public bool TrySet(AdaptiveWorkers search, int workers, JobQueueOptions settings)
    {
        if (search != _active)
            return false;
        SetCap(Math.Clamp(workers, settings.MinWorkers, settings.MaxWorkers));
        return true;
    }

    private void SetCap(int workers)
    {
        Workers = workers;
        limit.SetAdaptive(workers);
    }
}
