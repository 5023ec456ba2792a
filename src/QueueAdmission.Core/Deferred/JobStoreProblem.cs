namespace QueueAdmission;

/// <summary>Why a job store cannot carry out a call.</summary>
public enum JobStoreProblem
{
    /// <summary>The store does not answer, or not in time.</summary>
    Unreachable = 0,

    /// <summary>The store refuses the credentials, or the account lacks rights.</summary>
    AccessDenied = 1,

    /// <summary>
    /// The store answers, but cannot do what is needed. For example, its schema is newer than the release.
    /// </summary>
    Unusable = 2,

    /// <summary>The store has no room left, or less than its watermark.</summary>
    Full = 3,
}
