namespace QueueAdmission.Deferred;

/// <summary>Which requests of an endpoint are accepted now and run later.</summary>
public enum DeferWhen
{
    /// <summary>All of them.</summary>
    Always = 0,

    /// <summary>
    /// Those that the queue would answer with 503. The others run at once, as without deferring. A refusal that
    /// concerns one caller only (429), and one of a queue that drains, stays a refusal.
    /// </summary>
    Rejected = 1,
}
