namespace QueueAdmission;

/// <summary>A change of the settings dealt all waiters into other lines.</summary>
/// <param name="Waiters">How many jobs waited.</param>
/// <param name="Duration">How long it took.</param>
internal readonly record struct DealtWaiters(int Waiters, TimeSpan Duration);
