namespace QueueAdmission.Cluster;

/// <summary>A moment on both clocks of a node.</summary>
/// <remarks>
/// The monotonic clock of .NET stops while the machine is suspended. The wall clock continues, but may be set to
/// another time. A period counts as over as soon as one of the two clocks says so.
/// </remarks>
/// <param name="Monotonic">The time on the monotonic clock. Only differences are meaningful.</param>
/// <param name="Wall">The time on the wall clock. Only differences are meaningful.</param>
internal readonly record struct LocalTime(TimeSpan Monotonic, TimeSpan Wall)
{
    public static LocalTime operator +(LocalTime time, TimeSpan span) => new(time.Monotonic + span, time.Wall + span);

    /// <summary>Returns true if this moment has been reached on at least one of the clocks.</summary>
    public bool IsOver(LocalTime now) => now.Monotonic >= Monotonic || now.Wall >= Wall;
}
