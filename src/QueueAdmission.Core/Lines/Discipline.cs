namespace QueueAdmission;

/// <summary>The order among those who wait: it owns the lines, and answers which place a newcomer gets and who is next.</summary>
/// <remarks>
/// <para>It knows nothing of who holds a worker, of statuses, timers or wake-ups: those are the queue's accounts. A waiter that a method returns has left the lines; what
/// becomes of it is the accounts' business. Every call is made under the queue's lock.</para>
/// <para>Waiters join the order of arrival before they are placed, so <see cref="Waiter.Older"/> leads to all others.</para>
/// </remarks>
internal abstract class Discipline
{
    /// <summary>
    /// Whether every job has to be put before it, also where a worker is free and nobody waits. Then the word's mark stays set, and everyone takes the lock. It holds for
    /// as long as the settings do.
    /// </summary>
    public bool SeesEveryJob { get; protected set; }

    /// <summary>Whether every waiter has to have a <see cref="JobRecord"/>, also one that brings nothing along.</summary>
    public bool KeepsRecords { get; protected init; }

    /// <summary>Whether all lines serve their newest waiter first instead of their oldest.</summary>
    public bool NewestFirst { get; set; }

    /// <summary>Whether under overload control each line is judged by itself, by <see cref="NextToShed"/>, instead of the queue as a whole.</summary>
    public virtual bool JudgesLines => false;

    /// <summary>Where it <see cref="JudgesLines"/>: takes out a waiter who has waited too long in a line that stands, asked again until there is none.</summary>
    public virtual Waiter? NextToShed(long now, OverloadControl control) => null;

    /// <summary>Why a newcomer may have no place; null if there is one, be it that of a victim.</summary>
    /// <param name="job">The newcomer; null if it brings nothing.</param>
    /// <param name="mayWait">Whether it would take a place at all.</param>
    public abstract RejectionReason? RefusalOf(JobRecord? job, bool mayWait);

    /// <summary>Puts a newcomer into a line. Only after <see cref="RefusalOf"/> said that there is a place.</summary>
    /// <param name="waiter">The newcomer.</param>
    /// <param name="oldest">Who has waited longest in the whole queue; the newcomer itself if nobody else waits.</param>
    /// <returns>The waiter who lost its place to the newcomer, if any.</returns>
    public abstract Waiter? Place(Waiter waiter, Waiter oldest);

    /// <summary>Takes out a waiter, asked again until there is none.</summary>
    /// <param name="now">The queue's clock.</param>
    /// <param name="free">How many workers are free, at least 1.</param>
    /// <param name="workers">How many of them the waiter gets.</param>
    /// <returns>Null if nobody waits who may run on what is free.</returns>
    public abstract Waiter? Next(long now, int free, out int workers);

    /// <summary>Takes out a waiter who leaves for reasons of its own.</summary>
    public abstract void Remove(Waiter waiter);

    /// <summary>How many waiters are likely to be served before a newcomer, if nobody comes after it.</summary>
    /// <param name="job">The newcomer; null if it brings nothing.</param>
    /// <param name="waiting">How many wait in all.</param>
    public virtual int CountAhead(JobRecord? job, int waiting) => waiting;

    /// <summary>
    /// Puts other settings in force. If they ask for other lines, all waiters are dealt out anew; nobody leaves: a line may stand above a lowered capacity until it falls.
    /// </summary>
    public abstract void Reshape(JobQueueOptions settings, Waiter? oldest);

    /// <summary>Puts all waiters of the queue into lines that are empty, in the order of their arrival, whether there is room for them or not.</summary>
    public abstract void Deal(Waiter? oldest);

    /// <summary>Where it <see cref="SeesEveryJob"/>: whether a newcomer may run at once on what is free, overtaking nobody.</summary>
    /// <param name="job">The newcomer.</param>
    /// <param name="free">How many workers are free.</param>
    /// <param name="workers">How many of them it gets.</param>
    public virtual bool MayStart(JobRecord job, int free, out int workers) => throw new NotSupportedException("Jobs are not put before this discipline.");

    /// <summary>A job that has a record got its workers, after waiting or at once.</summary>
    public virtual void Started(JobRecord job, long now)
    {
    }

    /// <summary>A job that had <see cref="Started"/> gives its workers back.</summary>
    public virtual void Finished(JobRecord job, long now)
    {
    }

    public abstract int[] CountByPartition();

    /// <summary>For the queue's own assertions: whether nobody waits who may run on <paramref name="free"/> workers.</summary>
    public abstract bool IsSettled(int free);
}
