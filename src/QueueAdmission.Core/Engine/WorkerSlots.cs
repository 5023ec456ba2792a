using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>
/// The workers of one queue: the word that counts them (see <see cref="WorkerWord"/>), the limit in force, and all
/// atomic steps on the word.
/// </summary>
/// <remarks>
/// <para>The <b>mark</b> is one bit of the word. <b>While the mark is clear</b>, any thread may change the word by
/// compare-and-set: take a free worker, or release one and count its job as ran. <b>While the mark is set</b>, only the
/// holder of the queue's lock changes the word. A compare-and-set that expects a clear mark fails, and its caller takes
/// the lock. Only the holder of the lock sets and clears the mark.</para>
/// <para>Code under the lock therefore has two cases. With the mark set, no other thread changes the word. With a clear
/// mark, the word may change at any time, so a step that depends on the current value has to be a
/// compare-and-set.</para>
/// <para><b>While the word is timed</b>, a cap has an end, which may have passed. A newcomer then checks the clock
/// before it takes a worker. Releasing a worker needs no clock.</para>
/// <para>The field <em>free</em> already takes the limit into account, so the paths without the lock do not read the
/// limit. A change of the limit adds the difference to <em>free</em>. An old limit is therefore never compared with a
/// new count.</para>
/// <para>This is a mutable struct, so that the word is stored in the engine itself and access needs no indirection.
/// Never copy it.</para>
/// </remarks>
internal struct WorkerSlots
{
    private long _word;

    // Guarded by the queue's lock. The number of workers that jobs hold beyond one each. The word contains only the
    // workers in use, so the number of running jobs is calculated with this field.
    private int _furtherWorkers;

    // Guarded by the queue's lock. The number of background jobs that have ended. The word counts them together with
    // live jobs.
    private long _ranInBackground;

    /// <param name="limit">The limit in force, at least 0.</param>
    /// <param name="isMarked">Whether every job has to take the lock from the start.</param>
    public WorkerSlots(int limit, bool isMarked)
    {
        Limit = limit;
        _word = (limit * WorkerWord.FreeUnit) | (isMarked ? WorkerWord.Mark : 0);
    }

    /// <summary>The limit in force. Changed under the queue's lock.</summary>
    public int Limit { get; private set; }

    /// <summary>
    /// The number of workers that are free now. Below 0 if more workers are in use than the limit allows.
    /// </summary>
    public readonly int Free => WorkerWord.Free(Volatile.Read(in _word));

    /// <summary>The number of jobs that have ended so far.</summary>
    public readonly long Ran => WorkerWord.Ran(Volatile.Read(in _word));

    /// <summary>
    /// The number of live jobs that have ended so far. Only these count for the drain rate. Read it under the queue's
    /// lock.
    /// </summary>
    public readonly long RanLive => Ran - _ranInBackground;

    public readonly bool IsMarked => WorkerWord.IsMarked(Volatile.Read(in _word));

    /// <summary>Returns a consistent snapshot. Call it only under the queue's lock.</summary>
    public readonly WorkerCounts ReadLocked()
    {
        // The word is read once: with a clear mark, other threads may change free and ran at any time.
        var word = Volatile.Read(in _word);
        var inUse = Limit - WorkerWord.Free(word);
        return new WorkerCounts(Limit, WorkerWord.Free(word), inUse, inUse - _furtherWorkers, WorkerWord.Ran(word));
    }

    /// <summary>
    /// Takes one free worker without the lock. Returns false if no worker is free, or if the mark is set or the word is
    /// timed.
    /// </summary>
    /// <remarks>
    /// The compare-and-set expects a value with a clear mark and a free worker. It therefore succeeds only if no job
    /// waits and a worker is free. The method is always inlined. Otherwise, profile-guided optimisation might not
    /// inline it after a rush, in which no job is admitted here.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake()
    {
        var word = Volatile.Read(ref _word);
        while (WorkerWord.IsOpen(word) && WorkerWord.Free(word) > 0)
        {
            var seen = Interlocked.CompareExchange(ref _word, word - WorkerWord.FreeUnit, word);
            if (seen == word)
                return true;
            word = seen;
        }
        return false;
    }

    /// <summary>
    /// Takes one free worker without the lock while the word is timed. Returns false if no worker is free or the mark
    /// is set. Called by a newcomer that has just checked that no cap has ended.
    /// </summary>
    public bool TryTakeInTime()
    {
        var word = Volatile.Read(ref _word);
        while (!WorkerWord.IsMarked(word) && WorkerWord.Free(word) > 0)
        {
            var seen = Interlocked.CompareExchange(ref _word, word - WorkerWord.FreeUnit, word);
            if (seen == word)
                return true;
            word = seen;
        }
        return false;
    }

    /// <summary>Releases one worker without the lock and counts its job as ran, unless the mark is set.</summary>
    /// <returns>
    /// False if the mark is set: a job may wait for this worker, so the worker has to be released under the lock.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGiveBack()
    {
        var word = Volatile.Read(ref _word);
        while (!WorkerWord.IsMarked(word))
        {
            var seen = Interlocked.CompareExchange(ref _word, word + WorkerWord.Ended, word);
            if (seen == word)
                return true;
            word = seen;
        }
        return false;
    }

    /// <summary>Releases the workers of one job and counts the job as ran.</summary>
    /// <remarks>
    /// An atomic addition is correct with the mark set or clear, because it does not depend on the current value.
    /// </remarks>
    public void GiveBackLocked(int workers)
    {
        Interlocked.Add(ref _word, (workers * WorkerWord.FreeUnit) + WorkerWord.RanUnit);
        _furtherWorkers -= workers - 1;
    }

    /// <summary>Releases the workers of one background job and counts the job as ran.</summary>
    public void GiveBackInBackgroundLocked(int workers)
    {
        GiveBackLocked(workers);
        _ranInBackground++;
    }

    /// <summary>Takes workers for one job, without checking that they are free.</summary>
    /// <remarks>
    /// Call it only with the mark set, after checking that the workers are free: no other thread can take them
    /// meanwhile. A dry run takes workers even if they are not free.
    /// </remarks>
    public void TakeLocked(int workers)
    {
        Interlocked.Add(ref _word, -workers * WorkerWord.FreeUnit);
        _furtherWorkers += workers - 1;
    }

    /// <summary>
    /// Takes free workers for one job. If too few are free, sets the mark if <paramref name="mark"/> is true. Either is
    /// one atomic step.
    /// </summary>
    /// <remarks>
    /// A worker that was released before this step counts as free in the word, so the job takes it. A worker that is
    /// released after this step meets the mark, so its release waits for the lock. The caller holds the lock until the
    /// job is in a line. So no wake-up is lost.
    /// </remarks>
    /// <returns>Whether the workers were taken. Always false if the mark was already set.</returns>
    public bool TryTakeOrMarkLocked(int workers, bool mark)
    {
        var word = Volatile.Read(ref _word);
        while (!WorkerWord.IsMarked(word))
        {
            var take = WorkerWord.Free(word) >= workers;
            if (!take && !mark)
                return false;
            var seen = Interlocked.CompareExchange(
                ref _word, take ? word - (workers * WorkerWord.FreeUnit) : word | WorkerWord.Mark, word);
            if (seen == word)
            {
                _furtherWorkers += take ? workers - 1 : 0;
                return take;
            }
            word = seen;
        }
        return false;
    }

    /// <summary>Sets whether newcomers have to check the clock before they take a worker.</summary>
    public void SetTimedLocked(bool isTimed)
    {
        if (isTimed)
            Interlocked.Or(ref _word, WorkerWord.Timed);
        else
            Interlocked.And(ref _word, ~WorkerWord.Timed);
    }

    /// <summary>Sets the mark. From then on, every job takes the lock.</summary>
    public void MarkLocked() => Interlocked.Or(ref _word, WorkerWord.Mark);

    /// <summary>Clears the mark. From then on, jobs take and release workers without the lock.</summary>
    /// <remarks>Call it only if no job waits. Otherwise a newcomer would overtake that job.</remarks>
    public void ClearMarkLocked()
    {
        if (IsMarked)
            Interlocked.And(ref _word, ~WorkerWord.Mark);
    }

    /// <summary>
    /// Puts a new limit in force. Running jobs keep their workers, so <see cref="Free"/> may be below 0 afterwards.
    /// </summary>
    public void ResizeLocked(int limit)
    {
        Interlocked.Add(ref _word, (limit - Limit) * WorkerWord.FreeUnit);
        Limit = limit;
    }

    /// <summary>
    /// Returns whether the word can count <paramref name="workers"/> more workers as in use, even if the limit is
    /// lowered to 0 later.
    /// </summary>
    public readonly bool HasRoomLocked(int workers)
    {
        var free = Free;
        return free - workers >= -JobQueueOptions.WorkersLimit && Limit - free + workers <= WorkerWord.MaxInUse;
    }
}
