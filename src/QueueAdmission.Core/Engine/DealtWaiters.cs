namespace QueueAdmission;

/// <summary>
/// The size and the cost of a redistribution: a change of settings that distributed all waiters over new lines.
/// </summary>
/// <param name="Waiters">The number of waiting jobs.</param>
/// <param name="Duration">The time that the redistribution took.</param>
internal readonly record struct DealtWaiters(int Waiters, TimeSpan Duration);
