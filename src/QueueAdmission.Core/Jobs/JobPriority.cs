namespace QueueAdmission;

/// <summary>
/// The priority of a job among the jobs of its queue. It has an effect only while jobs wait. If a worker is free, a job
/// of any priority starts at once.
/// </summary>
/// <remarks>
/// <para>The jobs of one priority form a class. A higher class gets more of the workers, but does not exclude the lower
/// classes. While all classes have waiting jobs, each gets four times the working time of the class below it: 1 : 4 :
/// 16 : 64. No class therefore starves.</para>
/// <para>A newcomer that finds no free place takes the place of a waiting job of a lower class. The displaced job is
/// the one that would have been served last in its class. It is refused with <see cref="RejectionReason.Displaced"/>.
/// Every class keeps a sixteenth of the places: of the queue, or of the key if the key's places are full.</para>
/// </remarks>
public enum JobPriority
{
    /// <summary>Work that can wait. It still gets its share of the workers.</summary>
    Low = -1,

    /// <summary>The default priority.</summary>
    Normal = 0,

    /// <summary>Work that should wait as little as possible.</summary>
    High = 1,

    /// <summary>Work that takes precedence over all other jobs. They make room for it if the queue is full.</summary>
    Critical = 2,
}
