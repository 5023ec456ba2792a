using System.Diagnostics;
using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>Decides which waiter loses its place to a newcomer in a full queue. O(1).</summary>
/// <remarks>
/// If the newcomer's key has reached its limit, a waiter of that key loses its place. Otherwise it may be any waiter of
/// the class, in any partition.
/// </remarks>
internal sealed class Displacer(PartitionPlaces places, ClassTurns turns, KeyBook book)
{
    /// <summary>
    /// The divisor for the places that a class keeps: each class keeps 1/16 of the places. That is about the share of
    /// the working time that the lowest class gets beside the class High (1/17).
    /// </summary>
    private const int PlacesKept = 16;

    /// <summary>
    /// Returns the lowest class that has to give up a place for a job, or -1. The class is below the class of the job,
    /// and has more waiters than the places that it keeps. If the newest job goes first and the partitions are common
    /// to all jobs, it may be the class of the job itself.
    /// </summary>
    public int FindClass(JobRecord job, JobQueueOptions settings)
    {
        if (settings.Places == 0 || settings.PlacesPerKey == 0)
            return -1;
        var own = PriorityClass.IndexOf(job);
        if (FullKeyOf(job) is { } key)
        {
            for (var index = 0; index < own; index++)
            {
                if (key.WaitersOf(index).Count > settings.PlacesPerKey / PlacesKept)
                    return index;
            }
            return -1;
        }
        for (var index = 0; index < own; index++)
        {
            if (turns.Classes[index].Waiting > settings.Places / PlacesKept)
                return index;
        }
        var isOwnDisplaced = settings.Order == QueueProcessingOrder.NewestFirst && !places.AreByKey;
        return isOwnDisplaced && turns.Classes[own].Waiting > 0 ? own : -1;
    }

    /// <summary>Returns the waiter of a class that loses its place: the waiter that would be served last.</summary>
    /// <param name="priorityClass">The class that <see cref="FindClass"/> has returned.</param>
    /// <param name="job">The newcomer.</param>
    /// <param name="adopted">The waiters from before the fair lines. They are older than all others.</param>
    /// <param name="isNewestFirst">Whether the newest job goes first. The oldest is then served last.</param>
    public Waiter FindVictim(int priorityClass, JobRecord job, AdoptedWaiters adopted, bool isNewestFirst)
    {
        if (FullKeyOf(job) is { } key)
            return Last(key.WaitersOf(priorityClass).Oldest, key.WaitersOf(priorityClass).Newest, isNewestFirst);
        ref var order = ref turns.Classes[priorityClass].Order;
        return priorityClass != PriorityClass.Normal || adopted.Newest is null
            ? Last(order.Oldest, order.Newest, isNewestFirst)
            : Last(adopted.Oldest, order.Newest ?? adopted.Newest, isNewestFirst);
    }

    /// <summary>
    /// Returns the account of the job's key if the key has reached its limit of waiting jobs; otherwise null.
    /// </summary>
    private KeyAccount? FullKeyOf(JobRecord job) =>
        places is KeyPlaces byKey && !byKey.HasRoomForKeyOf(job) ? book.Find(job) : null;

    private static Waiter Last(Waiter? oldest, Waiter? newest, bool isNewestFirst) =>
        (isNewestFirst ? oldest : newest) ?? throw new UnreachableException("The class has no waiter to displace.");
}
