namespace QueueAdmission;

/// <summary>
/// How much a job matters beside others of its queue. It decides only while jobs wait: a free worker is for whoever
/// comes.
/// </summary>
/// <remarks>
/// A class of jobs is not served before the others but more than they are: while all have waiting jobs, each gets four
/// times the workers of the one below it (1 : 4 : 16 : 64, measured in working time), so none starves. A newcomer who
/// finds no place takes that of a lower class's waiter who would be served last, who is refused with
/// <see cref="RejectionReason.Displaced"/>; every class keeps a sixteenth of the places that the newcomer could have
/// used.
/// </remarks>
public enum JobPriority
{
    /// <summary>Work that can wait: it still gets its share of the workers.</summary>
    Low = -1,

    /// <summary>What a job has that says nothing.</summary>
    Normal = 0,

    /// <summary>Work that should hardly wait.</summary>
    High = 1,

    /// <summary>Work that the rest has to make room for.</summary>
    Critical = 2,
}
