namespace QueueAdmission;

/// <summary>The waiters that a change of the queue's state refuses.</summary>
internal enum RefusedWaiters : byte
{
    None = 0,

    /// <summary>All waiters except pushed jobs.</summary>
    Callers = 1,

    All = 2,
}
