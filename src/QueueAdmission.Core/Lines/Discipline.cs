using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// The order in which the waiters of a queue are served. A discipline owns the lines. It decides which place a newcomer
/// gets and which waiter is next.
/// </summary>
/// <remarks>
/// <para>The engine manages workers, statuses, timers and wake-ups. A waiter that a method returns has already left the
/// lines. All calls are made under the queue's lock.</para>
/// <para>A waiter joins the queue's order of arrival before it is placed in a line. All other waiters can therefore be
/// reached from it by <see cref="Waiter.Older"/>.</para>
/// </remarks>
internal abstract class Discipline
{
    private bool _isNewestFirst;

    /// <summary>
    /// Whether the discipline has to see every job, even if a worker is free and no job waits. If true, the mark stays
    /// set (see <see cref="WorkerSlots"/>), and every job takes the lock. The value changes only with the settings.
    /// </summary>
    public bool SeesEveryJob { get; protected set; }

    /// <summary>Whether every job needs a <see cref="JobRecord"/>, even a job without traits.</summary>
    public bool KeepsRecords { get; protected init; }

    /// <summary>Overload control. Null if the settings do not enable it.</summary>
    public OverloadControl? Overload { get; private set; }

    /// <summary>Whether overload control applies to each line separately and not to the queue as a whole.</summary>
    protected virtual bool JudgesLines => false;

    /// <summary>
    /// Whether all lines serve their newest waiter first: because of the settings, or because the queue is a standing
    /// queue.
    /// </summary>
    protected bool ServesNewestFirst => _isNewestFirst || Overload is { IsStanding: true };

    /// <summary>
    /// Returns the reason why a newcomer gets no place. Null if there is a place, even if another waiter has to give it
    /// up.
    /// </summary>
    /// <param name="job">The newcomer; null if it has no traits.</param>
    /// <param name="mayWait">Whether the newcomer may wait at all.</param>
    public abstract RejectionReason? RefusalOf(JobRecord? job, bool mayWait);

    /// <summary>Puts a newcomer into a line. Called only after <see cref="RefusalOf"/> returned null.</summary>
    /// <param name="waiter">The newcomer.</param>
    /// <param name="oldest">The oldest waiter of the queue; the newcomer itself if no other job waits.</param>
    /// <returns>The waiter that lost its place to the newcomer, if any.</returns>
    public abstract Waiter? Place(Waiter waiter, Waiter oldest);

    /// <summary>
    /// Removes the next waiter from its line and returns it. The engine calls the method until it returns null.
    /// </summary>
    /// <param name="free">The number of free workers, at least 1.</param>
    /// <param name="workers">The number of workers that the waiter gets.</param>
    /// <returns>The waiter. Null if no waiter may start on the free workers.</returns>
    public abstract Waiter? Next(int free, out int workers);

    /// <summary>Removes a waiter that leaves before its turn.</summary>
    public abstract void Remove(Waiter waiter);

    /// <summary>
    /// Returns the estimated number of waiters that are served before a newcomer, provided that no other job arrives
    /// later.
    /// </summary>
    /// <param name="job">The newcomer; null if it has no traits.</param>
    /// <param name="waiting">The number of all waiters.</param>
    public virtual int CountAhead(JobRecord? job, int waiting) => waiting;

    /// <summary>
    /// Applies new settings. If the settings need different lines, all waiters are distributed again. No waiter is
    /// refused because of new settings, so a line may exceed a lowered capacity until enough of its waiters have
    /// started.
    /// </summary>
    /// <returns>Whether all waiters were distributed again.</returns>
    public abstract bool Reshape(in LineSettings settings, Waiter? oldest);

    /// <summary>
    /// Distributes all waiters of the queue over empty lines, in the order of their arrival, even if there is no room.
    /// </summary>
    public abstract void Deal(Waiter? oldest);

    /// <summary>
    /// Whether a waiter needs only free workers to start. Waiters that were set aside because of the worker limit of
    /// their key do not count.
    /// </summary>
    public abstract bool HasReadyWaiter { get; }

    /// <summary>The number of workers that the waiters need beyond one each.</summary>
    public virtual long ExtraWorkersWanted => 0;

    /// <summary>Called when the limit of the queue's workers has changed.</summary>
    public virtual void OnLimitChanged(int limit)
    {
    }

    /// <summary>
    /// Returns whether a newcomer may start at once on the free workers without overtaking a waiter. Called only if
    /// <see cref="SeesEveryJob"/> is true.
    /// </summary>
    /// <param name="job">The newcomer.</param>
    /// <param name="free">The number of free workers.</param>
    /// <param name="workers">The number of workers that the newcomer gets.</param>
    public virtual bool MayStart(JobRecord job, int free, out int workers) =>
        throw new NotSupportedException("This discipline does not see every job.");

    /// <summary>Called when a job that has a record has got its workers, after waiting or at once.</summary>
    public virtual void OnStarted(JobRecord job, long now)
    {
    }

    /// <summary>Called when a job for which <see cref="OnStarted"/> was called has released its workers.</summary>
    public virtual void OnFinished(JobRecord job, long now)
    {
    }

    /// <summary>Starts, updates or ends overload control according to the settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="former">
    /// The overload control of the former discipline, or this discipline's own. Null if there was none.
    /// </param>
    public void SwitchOverloadControl(in LineSettings settings, OverloadControl? former)
    {
        _isNewestFirst = settings.Options.Order == QueueProcessingOrder.NewestFirst;
        Overload = !settings.Options.OverloadControl ? null
            // If overload control applies to each line separately, the state of the former control cannot be used.
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
    /// <param name="ended">The number of jobs that have ended so far.</param>
    /// <param name="waiting">The number of waiting jobs.</param>
    /// <param name="turnedAway">The number of jobs that have been refused or abandoned so far.</param>
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
    /// Removes a waiter that has waited too long in a standing queue or a standing line, and returns it. Null if there
    /// is none. The engine calls the method until it returns null.
    /// </summary>
    public virtual Waiter? NextToShed(long now, Waiter? oldest)
    {
        if (Overload is not { } overload || oldest is null || now - oldest.Time < overload.WaitLimit)
            return null;
        Remove(oldest);
        return oldest;
    }

    public abstract int[] CountByPartition();

    /// <summary>Returns the keys with the most waiting jobs, in descending order.</summary>
    /// <param name="max">The maximum number of keys to return.</param>
    /// <param name="total">
    /// The number of all keys that have jobs. 0 if the discipline does not distinguish keys.
    /// </param>
    public virtual List<KeyView> ListKeys(int max, out int total)
    {
        total = 0;
        return [];
    }

    /// <summary>Called when overload control has been started, updated or ended.</summary>
    protected virtual void OnOverloadSwitched()
    {
    }

    /// <summary>
    /// Returns true if no waiting job could start on <paramref name="free"/> workers. Used only by debug assertions.
    /// </summary>
    public abstract bool IsSettled(int free);
}
