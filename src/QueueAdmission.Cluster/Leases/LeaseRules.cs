namespace QueueAdmission.Cluster;

/// <summary>
/// The rules of the algorithm, as flags. Tests omit one rule at a time, and check that the simulation finds the fault
/// that this rule prevents.
/// </summary>
[Flags]
internal enum LeaseRules
{
    None = 0,

    /// <summary>Rule 1: a node lowers its cap before it writes, and reports the workers that it still holds.</summary>
    LowerBeforeReporting = 1 << 0,

    /// <summary>Rule 2: a node takes only free workers.</summary>
    GrowIntoFree = 1 << 1,

    /// <summary>Rule 3: only the answer to the latest call counts.</summary>
    LatestAnswer = 1 << 2,

    /// <summary>Rule 4: the lease is counted from before the reading was requested.</summary>
    CountFromSending = 1 << 3,

    /// <summary>Rule 4: the end of the lease is checked at each start of a job.</summary>
    JudgeAtGrant = 1 << 4,

    /// <summary>Rule 5: the lease ends when either the wall clock or the monotonic clock reaches its end.</summary>
    WallClock = 1 << 5,

    /// <summary>Rule 6: learning begins when the document is absent.</summary>
    LearnWhenAbsent = 1 << 6,

    /// <summary>Rule 6: learning begins when another process serves the store.</summary>
    LearnOnFailover = 1 << 7,

    /// <summary>Rule 6: learning begins when the store's clock has jumped.</summary>
    LearnOnClockJump = 1 << 8,

    /// <summary>Rule 6: during learning, a node claims the workers that it uses without a lease.</summary>
    ClaimFallback = 1 << 9,

    /// <summary>Rule 7: the document is kept when its last node leaves.</summary>
    KeepDocument = 1 << 10,

    /// <summary>
    /// Rule 8: the workers that cannot be divided evenly go to the nodes with the oldest waiting jobs.
    /// </summary>
    OldestWaiterFirst = 1 << 11,

    /// <summary>
    /// Rule 8: a node keeps a contested worker for at least one quantum, see
    /// <see cref="FairShares.QuantumMilliseconds"/>.
    /// </summary>
    Quantum = 1 << 12,

    /// <summary>Rule 8: a node gives workers beyond its share to nodes that lack workers.</summary>
    GiveToHungry = 1 << 13,

    /// <summary>Rule 9: if the limits of the live nodes differ, the smallest applies.</summary>
    SmallestLimit = 1 << 14,

    /// <summary>Rule 10: a node that leaves returns its idle workers at once.</summary>
    GiveBackOnLeaving = 1 << 15,

    /// <summary>Rule 11: after a lease has been lost, only the fallback applies.</summary>
    FallBack = 1 << 16,

    /// <summary>Rule 12: a node whose wishes are refused makes fewer calls between its renewals.</summary>
    BackOffWishes = 1 << 17,

    /// <summary>Rule 12: wishes wait while a renewal of another node is late.</summary>
    RenewalsFirst = 1 << 18,

    All = (1 << 19) - 1,
}
