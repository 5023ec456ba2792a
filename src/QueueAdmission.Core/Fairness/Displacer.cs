using System.Diagnostics;
using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>Decides which waiter has to make room for a newcomer in a full queue. O(1).</summary>
/// <remarks>
/// If only the newcomer's key has no room, a waiter of that key makes room. Otherwise it is any waiter of the class,
/// wherever it stands.
/// </remarks>
internal sealed class Displacer(PartitionPlaces places, ClassTurns turns, KeyBook book)
{
    /// <summary>
    /// The divisor for the places that a class keeps: each class keeps one of this many. It is about the share of the
    /// lowest class beside High.
    /// </summary>
    private const int PlacesKept = 16;

    /// <summary>
    /// The lowest class that has to make room for a job, or -1. It is below the class of the job, and has more than the
    /// places that it keeps. Where the newest goes first and the partitions are common to all, it may be the class of
    /// the job itself.
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

    /// <summary>The waiter of a class that makes room: the one that would be served last.</summary>
    /// <param name="priorityClass">What <see cref="FindClass"/> found.</param>
    /// <param name="job">The newcomer.</param>
    /// <param name="adopted">The waiters that have no record, and are older than all others.</param>
    /// <param name="isNewestFirst">Whether the newest goes first, so that the oldest is served last.</param>
    public Waiter FindVictim(int priorityClass, JobRecord job, AdoptedWaiters adopted, bool isNewestFirst)
    {
        if (FullKeyOf(job) is { } key)
            return Last(key.WaitersOf(priorityClass).Oldest, key.WaitersOf(priorityClass).Newest, isNewestFirst);
        ref var order = ref turns.Classes[priorityClass].Order;
        return priorityClass != PriorityClass.Normal || adopted.Newest is null
            ? Last(order.Oldest, order.Newest, isNewestFirst)
            : Last(adopted.Oldest, order.Newest ?? adopted.Newest, isNewestFirst);
    }

    /// <summary>The account of the key of a job if that key has no room left; otherwise null.</summary>
    private KeyAccount? FullKeyOf(JobRecord job) =>
        places is KeyPlaces byKey && !byKey.HasRoomForKeyOf(job) ? book.Find(job) : null;

    private static Waiter Last(Waiter? oldest, Waiter? newest, bool isNewestFirst) =>
        (isNewestFirst ? oldest : newest) ?? throw new UnreachableException("The class has no waiter to displace.");
}
