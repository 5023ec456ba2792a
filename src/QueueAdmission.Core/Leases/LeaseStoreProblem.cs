namespace QueueAdmission;

/// <summary>The reason why a lease store cannot carry out a call.</summary>
public enum LeaseStoreProblem
{
    /// <summary>The store does not answer in time.</summary>
    Unreachable = 0,

    /// <summary>The store refuses the credentials, or the account lacks rights.</summary>
    AccessDenied = 1,

    /// <summary>
    /// The store answers, but lacks what the call needs. For example, it is a read-only replica, or its table is
    /// missing.
    /// </summary>
    Unusable = 2,
}
