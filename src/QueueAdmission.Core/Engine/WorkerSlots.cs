using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>The workers of one queue: the word, the limit in force, and every atomic step on the word.</summary>
/// <remarks>
/// <para><b>While the mark is clear</b>, any thread may change the word by compare-and-set: take a free worker, or give
/// one back and count the job as ran. <b>While the mark is set</b>, the word belongs to the holder of the queue's lock.
/// A compare-and-set that expects a clear mark fails, and its caller goes to the lock. Only the holder of the lock sets
/// and clears the mark.</para>
/// <para>So the steps under the lock see two cases. With the mark set, no other thread changes the word. With a clear
/// mark, the word may change at any time, and a step that depends on what it read has to be one compare-and-set.</para>
/// <para><b>While the word is timed</b>, a cap has an end that may have come. A newcomer then takes a worker only after
/// a look at the clock. To give a worker back needs no clock.</para>
/// <para>The limit is part of <em>free</em>, and no fast path reads it. A change of the limit adds to <em>free</em>, so
/// an old limit is never compared with a new count.</para>
/// <para>This is a mutable struct, so that the word is a field of its owner and costs no further indirection. Never
/// copy it.</para>
/// </remarks>
internal struct WorkerSlots
{
    private long _word;

    // Guarded by the queue's lock. The word cannot say how many jobs hold the workers in use, because some jobs hold
    // several. This is what those hold beyond one each.
    private int _furtherWorkers;

    // Guarded by the queue's lock. The word counts all jobs that have ended.
    private long _ranInBackground;

    /// <param name="limit">The limit in force, from 0.</param>
    /// <param name="isMarked">Whether every job has to take the lock from the start.</param>
    public WorkerSlots(int limit, bool isMarked)
    {
        Limit = limit;
        _word = (limit * WorkerWord.FreeUnit) | (isMarked ? WorkerWord.Mark : 0);
    }

    /// <summary>The limit in force. Changes under the queue's lock.</summary>
    public int Limit { get; private set; }

    /// <summary>The workers that are free now; below 0 where more are in use than the limit allows.</summary>
    public readonly int Free => WorkerWord.Free(Volatile.Read(in _word));

    /// <summary>The jobs that have ended so far.</summary>
    public readonly long Ran => WorkerWord.Ran(Volatile.Read(in _word));

    /// <summary>
    /// The live jobs that have ended so far. The measured pace of the queue counts only these. Read it under the
    /// queue's lock.
    /// </summary>
    public readonly long RanLive => Ran - _ranInBackground;

    public readonly bool IsMarked => WorkerWord.IsMarked(Volatile.Read(in _word));

    /// <summary>One consistent cut. Only under the queue's lock.</summary>
    public readonly WorkerCounts ReadLocked()
    {
        // One read: with a clear mark, free and ran change together at any time.
        var word = Volatile.Read(in _word);
        var inUse = Limit - WorkerWord.Free(word);
        return new WorkerCounts(Limit, WorkerWord.Free(word), inUse, inUse - _furtherWorkers, WorkerWord.Ran(word));
    }

    /// <summary>Takes one free worker, unless the mark is set. It takes no lock.</summary>
    /// <remarks>
    /// The expected value has a clear mark and a free worker, so the step succeeds only while no job waits and a worker
    /// is free. It is inlined whatever the profile says: after a rush, the profile shows that no job is ever admitted
    /// here.
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
    /// Takes one free worker, unless the mark is set, for a newcomer that has just seen that no cap has ended.
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

    /// <summary>Gives back one worker and counts its job as ran, unless the mark is set. It takes no lock.</summary>
    /// <returns>
    /// False if the mark is set: a job may wait for this worker, so it has to be given back under the lock.
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

    /// <summary>Gives back the workers of one job and counts it as ran.</summary>
    /// <remarks>An addition needs no expected value, so it is right with the mark set or clear.</remarks>
    public void GiveBackLocked(int workers)
    {
        Interlocked.Add(ref _word, (workers * WorkerWord.FreeUnit) + WorkerWord.RanUnit);
        _furtherWorkers -= workers - 1;
    }

    /// <summary>Gives back the workers of one background job and counts it as ran.</summary>
    public void GiveBackInBackgroundLocked(int workers)
    {
        GiveBackLocked(workers);
        _ranInBackground++;
    }

    /// <summary>Takes workers for one job, whether there are any or not.</summary>
    /// <remarks>
    /// Only with the mark set, where the caller has seen the workers free: no other thread takes any meanwhile. A dry
    /// run takes them regardless.
    /// </remarks>
    public void TakeLocked(int workers)
    {
        Interlocked.Add(ref _word, -workers * WorkerWord.FreeUnit);
        _furtherWorkers += workers - 1;
    }

    /// <summary>
    /// Takes free workers for one job, or sets the mark if asked to, in one step on one value of the word.
    /// </summary>
    /// <remarks>
    /// A worker that was given back before this step is in the value, so the job takes it. One that is given back after
    /// it meets the mark, so its release goes to the lock, which the caller holds until the job stands in a line. So no
    /// wake-up is lost.
    /// </remarks>
    /// <returns>Whether the workers were taken. With the mark set already, none are.</returns>
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

    /// <summary>Sets whether newcomers have to look at the clock before they take a worker.</summary>
    public void SetTimedLocked(bool isTimed)
    {
        if (isTimed)
            Interlocked.Or(ref _word, WorkerWord.Timed);
        else
            Interlocked.And(ref _word, ~WorkerWord.Timed);
    }

    /// <summary>From now on every job takes the lock.</summary>
    public void MarkLocked() => Interlocked.Or(ref _word, WorkerWord.Mark);

    /// <summary>From now on jobs take and give back workers without the lock.</summary>
    /// <remarks>Only where no job waits. Otherwise a newcomer would overtake it.</remarks>
    public void ClearMarkLocked()
    {
        if (IsMarked)
            Interlocked.And(ref _word, ~WorkerWord.Mark);
    }

    /// <summary>
    /// Puts another limit in force. Running jobs keep their workers, so <see cref="Free"/> may be below 0 afterwards.
    /// </summary>
    public void ResizeLocked(int limit)
    {
        Interlocked.Add(ref _word, (limit - Limit) * WorkerWord.FreeUnit);
        Limit = limit;
    }

    /// <summary>
    /// Whether the word can count that many more workers in use, even if the limit is lowered to 0 later.
    /// </summary>
    public readonly bool HasRoomLocked(int workers)
    {
        var free = Free;
        return free - workers >= -JobQueueOptions.WorkersLimit && Limit - free + workers <= WorkerWord.MaxInUse;
    }
}
