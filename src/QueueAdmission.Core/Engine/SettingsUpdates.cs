namespace QueueAdmission;

/// <summary>Changes the settings of a queue. The changes of one queue run one after the other.</summary>
/// <remarks>
/// A callback that changes settings is foreign code, so it must not run under the engine's lock. It runs under the lock
/// of this class instead.
/// </remarks>
internal sealed class SettingsUpdates(AdmissionEngine engine, string queue)
{
    private readonly Lock _lock = new();

    // Whether a callback is running.
    private bool _isChanging;

    /// <summary>See <see cref="JobQueue.SettingsChanged"/>.</summary>
    public Action<JobQueue>? OnChanged { get; set; }

    /// <summary>
    /// The settings that the application has registered. Null for a queue that no service container owns.
    /// </summary>
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
    /// Throws if an update is started inside the callback of another update. The lock is reentrant and does not prevent
    /// that, and the copy of the outer update would undo the inner change.
    /// </summary>
    private void ThrowIfChanging()
    {
        if (_isChanging)
        {
            throw new InvalidOperationException(
                $"The settings of queue '{queue}' are being changed by a callback of Update, "
                + "which called Update again. Change all settings in one callback.");
        }
    }

    private void PutInForce(JobQueueOptions settings)
    {
        // The callback may have kept a reference to its copy. Another copy protects the settings from later changes.
        settings = settings.Clone();
        JobQueueOptionsValidator.ThrowIfInvalid(queue, settings);
        if (Registered is { } registered)
            UnregisteredSettings.ThrowIfAny(queue, settings, registered);
        engine.Apply(settings);
        // If one handler throws, the other handlers are still called.
        foreach (var told in Delegate.EnumerateInvocationList(OnChanged))
            ForeignCode.Run((told, engine.Telemetry.Queue), static told => told.told(told.Queue));
    }
}
