namespace QueueAdmission;

/// <summary>Puts other settings in force, one change after the other.</summary>
/// <remarks>A callback that changes settings is foreign code, so it does not run under the engine's lock. It has this
/// one instead.</remarks>
internal sealed class SettingsUpdates(AdmissionEngine engine, string queue)
{
    private readonly Lock _lock = new();

    // A callback is running.
    private bool _isChanging;

    /// <summary>See <see cref="JobQueue.SettingsChanged"/>.</summary>
    public Action<JobQueue>? OnChanged { get; set; }

    /// <summary>The settings that the application has registered; null for a queue that no container owns.</summary>
    public IReadOnlyCollection<QueueSetting>? Registered { get; set; }

    /// <summary>See <see cref="JobQueue.Update(Action{JobQueueOptions})"/>.</summary>
    public void Update(Action<JobQueueOptions> change)
    {
        lock (_lock)
        {
            ThrowIfChanging();
            var settings = engine.Settings.Clone();
            _isChanging = true;
            try
            {
                change(settings);
            }
            finally
            {
                _isChanging = false;
            }
            PutInForce(settings);
        }
    }

    /// <summary>
    /// Refuses an update inside the callback of another one. The lock would let the same thread in again, and the copy
    /// of the outer callback would undo the inner change.
    /// </summary>
    private void ThrowIfChanging()
    {
        if (_isChanging)
        {
            throw new InvalidOperationException(
                $"The settings of queue '{queue}' are being changed by a callback of Update, which called Update again. Change all settings in one callback.");
        }
    }

    private void PutInForce(JobQueueOptions settings)
    {
        // A copy: what the caller keeps of its own changes nothing later.
        settings = settings.Clone();
        JobQueueOptionsValidator.ThrowIfInvalid(queue, settings);
        if (Registered is { } registered)
            UnregisteredSettings.ThrowIfAny(queue, settings, registered);
        engine.Apply(settings);
        // One listener that throws does not keep the change from the others.
        foreach (var told in Delegate.EnumerateInvocationList(OnChanged))
            ForeignCode.Run((told, engine.Telemetry.Queue), static told => told.told(told.Queue));
    }
}
