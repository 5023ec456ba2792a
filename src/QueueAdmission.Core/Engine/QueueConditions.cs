namespace QueueAdmission;

/// <summary>
/// The settings, the state and the maximum wait that apply to every job of a queue. Only the engine changes them, under
/// the queue's lock.
/// </summary>
internal sealed class QueueConditions(JobQueueOptions settings, long maxWait)
{
    private JobQueueOptions _settings = settings;

    /// <summary>
    /// The settings in force. May be read without the lock, because this object is never changed, only replaced.
    /// </summary>
    public JobQueueOptions Settings => Volatile.Read(ref _settings);

    /// <summary>
    /// <see cref="JobQueueOptions.MaxWait"/> in ticks of the clock; <see cref="long.MaxValue"/> for no limit.
    /// </summary>
    public long MaxWait { get; private set; } = maxWait;

    public EngineState State { get; private set; }

    public bool IsPaused => State.IsPaused();

    public void Replace(JobQueueOptions settings, long maxWait)
    {
        _settings = settings;
        MaxWait = maxWait;
    }

    public void Enter(EngineState state) => State = state;
}
