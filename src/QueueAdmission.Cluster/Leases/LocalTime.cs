namespace QueueAdmission.Cluster;

/// <summary>A moment on both clocks of a node.</summary>
/// <remarks>
/// The monotonic clock of .NET stands still while the machine is suspended. The wall clock goes on then, but may be
/// set. A duration has passed when one of the two clocks says so.
/// </remarks>
/// <param name="Monotonic">The monotonic clock. Only differences have a meaning.</param>
/// <param name="Wall">The wall clock. Only differences have a meaning.</param>
internal readonly record struct LocalTime(TimeSpan Monotonic, TimeSpan Wall)
{
    public static LocalTime operator +(LocalTime time, TimeSpan span) => new(time.Monotonic + span, time.Wall + span);

    /// <summary>Whether this moment has come, on one of the clocks.</summary>
    public bool IsOver(LocalTime now) => now.Monotonic >= Monotonic || now.Wall >= Wall;
}
