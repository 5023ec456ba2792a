namespace PostDemo;

/// <summary>The section <c>Worker</c> of appsettings.json.</summary>
internal sealed class WorkerOptions
{
    /// <summary>How long no process runs the jobs after the last one has ended.</summary>
    public TimeSpan RestartAfter { get; set; } = TimeSpan.FromMilliseconds(1500);
}

/// <summary>How the process that runs the jobs is started.</summary>
/// <param name="Arguments">Its arguments.</param>
internal sealed record WorkerCommand(string[] Arguments);
