using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// The order among the waiters of a queue. It owns the lines, and decides which place a newcomer gets and which waiter
/// is next.
/// </summary>
/// <remarks>
/// <para>Workers in use, statuses, timers and wake-ups belong to the engine. A waiter that a method returns has left
/// the lines, and the engine does the rest. Every call is made under the queue's lock.</para>
/// <para>Waiters join the order of arrival before they are placed, so <see cref="Waiter.Older"/> leads to all
/// others.</para>
/// </remarks>
internal abstract class Discipline
{
    private bool _isNewestFirst;

    /// <summary>
    /// Whether the discipline has to see every job, also if a worker is free and no job waits. Then the mark of the
    /// word stays set, and every job takes the lock. The value changes only with the settings.
    /// </summary>
    public bool SeesEveryJob { get; protected set; }

    /// <summary>Whether every waiter needs a <see cref="JobRecord"/>, also one without traits.</summary>
    public bool KeepsRecords { get; protected init; }

    /// <summary>Overload control; null where the settings do not ask for it.</summary>
    public OverloadControl? Overload { get; private set; }

    /// <summary>Whether overload control judges each line by itself instead of the queue as a whole.</summary>
    protected virtual bool JudgesLines => false;

    /// <summary>
    /// Whether all lines serve their newest waiter first: by the settings, or because the queue stands.
    /// </summary>
    protected bool ServesNewestFirst => _isNewestFirst || Overload is { IsStanding: true };

    /// <summary>
    /// The reason why a newcomer gets no place. Null if there is a place, even if another waiter has to give it up.
    /// </summary>
    /// <param name="job">The newcomer; null if it has no traits.</param>
    /// <param name="mayWait">Whether it would take a place at all.</param>
    public abstract RejectionReason? RefusalOf(JobRecord? job, bool mayWait);

    /// <summary>Puts a newcomer into a line. Called only after <see cref="RefusalOf"/> returned null.</summary>
    /// <param name="waiter">The newcomer.</param>
    /// <param name="oldest">The oldest waiter of the queue; the newcomer itself if no other job waits.</param>
    /// <returns>The waiter that lost its place to the newcomer, if any.</returns>
    public abstract Waiter? Place(Waiter waiter, Waiter oldest);

    /// <summary>Takes out the next waiter. The engine asks again until there is none.</summary>
    /// <param name="free">How many workers are free, at least 1.</param>
    /// <param name="workers">How many of them the waiter gets.</param>
    /// <returns>Null if no waiter may run on what is free.</returns>
    public abstract Waiter? Next(int free, out int workers);

    /// <summary>Takes out a waiter that leaves before its turn.</summary>
    public abstract void Remove(Waiter waiter);

    /// <summary>How many waiters are likely to be served before a newcomer, if no other job comes after it.</summary>
    /// <param name="job">The newcomer; null if it has no traits.</param>
    /// <param name="waiting">How many wait in all.</param>
    public virtual int CountAhead(JobRecord? job, int waiting) => waiting;

    /// <summary>
    /// Puts other settings in force. If they need other lines, all waiters are distributed again. No waiter leaves, so
    /// a line may be above a lowered capacity until its waiters have started.
    /// </summary>
    /// <returns>Whether all waiters were dealt out again.</returns>
    public abstract bool Reshape(in LineSettings settings, Waiter? oldest);

    /// <summary>
    /// Puts all waiters of the queue into empty lines, in the order of their arrival, whether there is room or not.
    /// </summary>
    public abstract void Deal(Waiter? oldest);

    /// <summary>
    /// Whether there is a waiter that needs only free workers. Waiters whose key is at its limit do not count.
    /// </summary>
    public abstract bool HasReadyWaiter { get; }

    /// <summary>The workers that waiters need beyond one each.</summary>
    public virtual long ExtraWorkersWanted => 0;

    /// <summary>Called when another limit is in force.</summary>
    public virtual void OnLimitChanged(int limit)
    {
    }

    /// <summary>
    /// Whether a newcomer may run at once on the free workers without overtaking a waiter. Called only where the
    /// discipline <see cref="SeesEveryJob"/>.
    /// </summary>
    /// <param name="job">The newcomer.</param>
    /// <param name="free">How many workers are free.</param>
    /// <param name="workers">How many of them it gets.</param>
    public virtual bool MayStart(JobRecord job, int free, out int workers) =>
        throw new NotSupportedException("This discipline does not see every job.");

    /// <summary>A job that has a record got its workers, after waiting or at once.</summary>
    public virtual void OnStarted(JobRecord job, long now)
    {
    }

    /// <summary>A job that had <see cref="OnStarted"/> gives its workers back.</summary>
    public virtual void OnFinished(JobRecord job, long now)
    {
    }

    /// <summary>Starts, updates or ends overload control as the settings say.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="former">The control of the discipline so far.</param>
    public void SwitchOverloadControl(in LineSettings settings, OverloadControl? former)
    {
        _isNewestFirst = settings.Options.Order == QueueProcessingOrder.NewestFirst;
        Overload = !settings.Options.OverloadControl ? null
            // If each line is judged by itself, the state of the whole queue is not known.
            : former is null || JudgesLines ? new OverloadControl()
            : former;
        Overload?.Configure(settings.OverloadTarget, settings.OverloadInterval);
        OnOverloadSwitched();
    }

    /// <summary>Updates overload control, before waiters are shed.</summary>
    /// <param name="now">The queue's time.</param>
    /// <param name="oldest">The oldest waiter of the queue.</param>
    /// <param name="ticksPerJob">
    /// The mean time from one job's end to the next, in ticks; infinite while it is unknown.
    /// </param>
    /// <param name="workers">The limit in force.</param>
    /// <param name="maxWait">The maximum wait, in ticks.</param>
    /// <param name="ended">The jobs that have ended so far.</param>
    /// <param name="waiting">The jobs that wait.</param>
    /// <param name="turnedAway">The jobs that were refused or left so far.</param>
    public void UpdateOverload(
        long now, Waiter? oldest, double ticksPerJob, int workers, long maxWait, long ended, int waiting,
        long turnedAway)
    {
        if (Overload is not { } overload)
            return;
        overload.Tune(ticksPerJob, workers, maxWait);
        if (JudgesLines || oldest is null)
            return;
        overload.Observe(now, now - oldest.Time);
        overload.ObserveDemand(ended, turnedAway + waiting, waiting);
    }

    /// <summary>
    /// Takes out a waiter that has waited too long in a standing queue or line. The engine asks again until there is
    /// none.
    /// </summary>
    public virtual Waiter? NextToShed(long now, Waiter? oldest)
    {
        if (Overload is not { } overload || oldest is null || now - oldest.Time < overload.WaitLimit)
            return null;
        Remove(oldest);
        return oldest;
    }

    public abstract int[] CountByPartition();

    /// <summary>The keys with the most jobs: first those that wait most.</summary>
    /// <param name="max">How many keys to list.</param>
    /// <param name="total">How many keys have jobs; 0 if the discipline does not tell keys apart.</param>
    public virtual List<KeyView> ListKeys(int max, out int total)
    {
        total = 0;
        return [];
    }

    /// <summary>Overload control was started, updated or ended.</summary>
    protected virtual void OnOverloadSwitched()
    {
    }

    /// <summary>
    /// For the queue's own assertions: whether no job waits that may run on <paramref name="free"/> workers.
    /// </summary>
    public abstract bool IsSettled(int free);
}
