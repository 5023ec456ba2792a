namespace QueueAdmission;

/// <summary>
/// The origin of a job. When the application stops, it decides whether the job may wait: see
/// <see cref="EngineControl.RefuseCallers"/>.
/// </summary>
internal enum JobSource : byte
{
    /// <summary>
    /// A caller that enters the queue in its own flow. It may be a request, for which the server waits at shutdown.
    /// </summary>
    Caller = 0,

    /// <summary>A request that the middleware enters.</summary>
    Request = 1,

    /// <summary>A job that the program has pushed without waiting for it.</summary>
    Push = 2,
}
