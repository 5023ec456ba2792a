namespace QueueAdmission;

/// <summary>What a change of settings did if it distributed all waiters over the lines again.</summary>
/// <param name="Waiters">How many jobs waited.</param>
/// <param name="Duration">How long it took.</param>
internal readonly record struct DealtWaiters(int Waiters, TimeSpan Duration);
