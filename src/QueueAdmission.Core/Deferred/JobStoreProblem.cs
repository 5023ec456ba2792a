namespace QueueAdmission;

/// <summary>The reason why a job store cannot carry out a call.</summary>
public enum JobStoreProblem
{
    /// <summary>The store does not answer in time.</summary>
    Unreachable = 0,

    /// <summary>The store refuses the credentials, or the account lacks rights.</summary>
    AccessDenied = 1,

    /// <summary>
    /// The store answers, but lacks what the call needs. For example, its schema is newer than this release supports.
    /// </summary>
    Unusable = 2,

    /// <summary>The store has no room left, or less free space than its configured minimum.</summary>
    Full = 3,
}
