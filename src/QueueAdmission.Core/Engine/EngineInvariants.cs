using System.Diagnostics;

namespace QueueAdmission;

/// <summary>The invariants of a queue: they hold whenever its lock is free. Asserted in debug builds.</summary>
/// <remarks>
/// After a section that leaves waiters for further sections to refuse, the queue is not at rest: no job gets a worker
/// until those sections have run. While the mark is clear, other threads take and release workers during the
/// assertions. The counts of the workers are therefore one snapshot, which is read before.
/// </remarks>
internal static class EngineInvariants
{
    [Conditional("DEBUG")]
    public static void Assert(
        in WorkerCounts workers, bool isMarked, bool hasHold, QueueConditions conditions, WorkerLimit limit,
        WaitingRoom room, BackgroundLine background, int freeForLive, bool isAtRest, ExpiryTimer timer)
    {
        var waiting = room.Count;
        Debug.Assert(
            room.Lines.CountByPartition().Sum() == waiting,
            "The lines and the order of arrival hold the same waiters.");
        Debug.Assert(waiting == 0 || isMarked, "No job waits while the mark is clear.");
        Debug.Assert(
            !isAtRest || conditions.IsPaused || room.Lines.IsSettled(freeForLive),
            "No worker is idle while a job waits that may have it.");
        Debug.Assert(
            !isAtRest || conditions.IsPaused || !background.CouldStart(workers.Free),
            "No worker is idle while a background job waits that may have it.");
        Debug.Assert(!background.IsWaiting || isMarked, "No background job waits while the mark is clear.");
        Debug.Assert(
            background.Running <= workers.Running && background.Running <= background.WorkersInUse,
            "Background jobs are among those that run.");
        Debug.Assert(waiting > 0 || hasHold == isMarked, "The mark is set exactly while something requires it.");
        Debug.Assert(!timer.IsArmed || waiting > 0, "The timer is armed only while a job waits.");
        Debug.Assert(
            !isAtRest || waiting == 0 || IsWatched(room.NextExpiry(conditions), timer),
            "The timer watches every waiter with a limit.");
        Debug.Assert(workers.Running >= 0 && workers.Running <= workers.InUse, "No worker was released twice.");
        Debug.Assert(workers.Limit == limit.InForce, "The limit in force is the minimum of the caps.");
    }

    private static bool IsWatched(long expiry, ExpiryTimer timer) =>
        expiry == long.MaxValue || (timer.IsArmed && timer.Due <= expiry);
}
