namespace PostDemo;

/// <summary>The section <c>Worker</c> of appsettings.json.</summary>
internal sealed class WorkerOptions
{
    /// <summary>The time from the end of the process that runs the jobs until it is started again.</summary>
    public TimeSpan RestartAfter { get; set; } = TimeSpan.FromMilliseconds(1500);
}

/// <summary>The command that starts the process that runs the jobs.</summary>
/// <param name="Arguments">The arguments of the process.</param>
internal sealed record WorkerCommand(string[] Arguments);
