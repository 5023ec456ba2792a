namespace QueueAdmission;

/// <summary>
/// How much a job matters among the jobs of its queue. It has an effect only while jobs wait: a free worker goes to any
/// job.
/// </summary>
/// <remarks>
/// <para>A higher class gets more of the workers, and does not exclude the lower ones. While all classes have waiting
/// jobs, each gets four times the working time of the class below it: 1 : 4 : 16 : 64. So no class starves.</para>
/// <para>A newcomer that finds no place takes the place of a waiter of a lower class. That waiter is the one with the
/// last turn, and it is refused with <see cref="RejectionReason.Displaced"/>. Every class keeps a sixteenth of the
/// places that the newcomer could have used.</para>
/// </remarks>
public enum JobPriority
{
    /// <summary>Work that can wait: it still gets its share of the workers.</summary>
    Low = -1,

    /// <summary>The priority of a job that states none.</summary>
    Normal = 0,

    /// <summary>Work that should wait as little as possible.</summary>
    High = 1,

    /// <summary>Work that the other jobs have to make room for.</summary>
    Critical = 2,
}
