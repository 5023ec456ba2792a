namespace QueueAdmission;

/// <summary>
/// Where a job comes from. It matters once the application stops: see <see cref="EngineControl.RefuseCallers"/>.
/// </summary>
internal enum JobSource : byte
{
    /// <summary>A caller enters in its own flow. It may be a request, which the server waits for.</summary>
    Caller = 0,

    /// <summary>A request that the middleware brings.</summary>
    Request = 1,

    /// <summary>The program pushed the job and goes on without it.</summary>
    Push = 2,
}
