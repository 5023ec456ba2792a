namespace QueueAdmission;

/// <summary>Which waiters a change of the state refuses.</summary>
internal enum RefusedWaiters : byte
{
    None = 0,

    /// <summary>All but pushed jobs.</summary>
    Callers = 1,

    All = 2,
}
