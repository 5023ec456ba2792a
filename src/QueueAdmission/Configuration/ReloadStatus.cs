namespace QueueAdmission;

/// <summary>The result of the last reload of the configuration.</summary>
/// <param name="At">The time of the reload.</param>
/// <param name="Errors">
/// The errors; empty if the new settings were put in force. If there are errors, the former settings stay in force.
/// </param>
internal sealed record ReloadStatus(DateTimeOffset At, IReadOnlyList<string> Errors)
{
    public bool Succeeded => Errors.Count == 0;
}
