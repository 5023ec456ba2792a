namespace QueueAdmission;

/// <summary>
/// The search for the number of workers. It sets the cap <c>adaptive</c>, as far as the settings and an operator allow.
/// </summary>
/// <remarks>
/// Without <see cref="JobQueueOptions.AdaptiveWorkers"/> a queue has no search, and takes no timestamps for it. While
/// an operator's override lasts, the search rests. Its cap keeps its value and is in force again afterwards. Guarded by
/// the queue's lock, except for <see cref="Active"/>.
/// </remarks>
internal sealed class AdaptiveControl(WorkerLimit limit)
{
    private AdaptiveWorkers? _search;
    private AdaptiveWorkers? _active;

    /// <summary>The number of workers that the search has found so far. It may be read without the lock.</summary>
    public int Workers { get; private set; }

    /// <summary>The search that jobs report to; null while there is none.</summary>
    public AdaptiveWorkers? Active => Volatile.Read(ref _active);

    /// <summary>
    /// Called when other settings are in force. The search begins again only if they name another number to start from.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="before">The settings so far; null at first.</param>
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

    /// <summary>An operator's override has begun or ended.</summary>
    public void UpdateActive() => Volatile.Write(ref _active, limit.IsOverridden ? null : _search);

    /// <summary>Sets the number of workers that the search has found.</summary>
    /// <returns>False if it is not the active search any more: then the bounds are not for it.</returns>
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
