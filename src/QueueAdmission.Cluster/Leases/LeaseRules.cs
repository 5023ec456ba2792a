namespace QueueAdmission.Cluster;

/// <summary>
/// The rules of the algorithm, as flags. Tests leave one out, and check that the simulation finds the fault that the
/// rule prevents.
/// </summary>
[Flags]
internal enum LeaseRules
{
    None = 0,

    /// <summary>Rule 1: a node lowers its cap before it reports, and reports what it holds.</summary>
    LowerBeforeReporting = 1 << 0,

    /// <summary>Rule 2: a node grows only into what is free.</summary>
    GrowIntoFree = 1 << 1,

    /// <summary>Rule 3: only the answer to the latest call counts.</summary>
    LatestAnswer = 1 << 2,

    /// <summary>Rule 4: the lease is counted from before the reading call was sent.</summary>
    CountFromSending = 1 << 3,

    /// <summary>Rule 4: the end is judged at every grant.</summary>
    JudgeAtGrant = 1 << 4,

    /// <summary>Rule 5: the wall clock ends a lease as well as the monotonic one.</summary>
    WallClock = 1 << 5,

    /// <summary>Rule 6: learning begins when the document is absent.</summary>
    LearnWhenAbsent = 1 << 6,

    /// <summary>Rule 6: learning begins when another process serves the store.</summary>
    LearnOnFailover = 1 << 7,

    /// <summary>Rule 6: learning begins when the store's clock jumped.</summary>
    LearnOnClockJump = 1 << 8,

    /// <summary>Rule 6: in learning, a node claims what it runs without a lease.</summary>
    ClaimFallback = 1 << 9,

    /// <summary>Rule 7: the document stays when its last node leaves.</summary>
    KeepDocument = 1 << 10,

    /// <summary>Rule 8: the indivisible rest goes to the node with the oldest waiter.</summary>
    OldestWaiterFirst = 1 << 11,

    /// <summary>Rule 8: a node keeps a slot for a quantum.</summary>
    Quantum = 1 << 12,

    /// <summary>Rule 8: a node gives workers beyond its share to nodes that lack some.</summary>
    GiveToHungry = 1 << 13,

    /// <summary>Rule 9: the smallest limit of the live nodes holds.</summary>
    SmallestLimit = 1 << 14,

    /// <summary>Rule 10: a node that leaves gives back at once.</summary>
    GiveBackOnLeaving = 1 << 15,

    /// <summary>Rule 11: a lost lease leaves only the fallback.</summary>
    FallBack = 1 << 16,

    /// <summary>Rule 12: a node whose writes are refused calls less often between its renewals.</summary>
    BackOffWishes = 1 << 17,

    /// <summary>Rule 12: wishes wait while a renewal of another node is late.</summary>
    RenewalsFirst = 1 << 18,

    All = (1 << 19) - 1,
}
