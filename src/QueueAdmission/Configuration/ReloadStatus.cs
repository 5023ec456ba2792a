namespace QueueAdmission;

/// <summary>How the last reload of the configuration went.</summary>
/// <param name="At">When.</param>
/// <param name="Errors">
/// What was wrong; empty if the settings were taken. With errors the settings from before stay in force.
/// </param>
internal sealed record ReloadStatus(DateTimeOffset At, IReadOnlyList<string> Errors)
{
    public bool Succeeded => Errors.Count == 0;
}
