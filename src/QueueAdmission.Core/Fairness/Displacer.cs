using System.Diagnostics;

namespace QueueAdmission;

/// <summary>Decides which waiter has to make room for a newcomer in a full queue.</summary>
internal sealed class Displacer(PartitionPlaces places, ClassTurns turns)
{
    /// <summary>
    /// Each class keeps one place of this many. It is about the share of the lowest class next to High.
    /// </summary>
    private const int PlacesKept = 16;

    /// <summary>
    /// The lowest class that has to make room: below the job's own, and with more than its kept places among those that
    /// the job could use. It is the job's own class where the newest goes first and the partitions are common to all.
    /// -1 if there is none.
    /// </summary>
    public int FindClass(JobRecord job, bool isNewestFirst)
    {
        if (places.Capacity == 0)
            return -1;
        var hand = places.HandOf(job, stackalloc int[KeyDealer.HandSize]);
        var kept = (places.AreByKey ? hand.Length : places.All.Count) * places.Capacity / PlacesKept;
        var own = PriorityClass.IndexOf(job);
        for (var index = 0; index < own; index++)
        {
            if (WaitingOf(index, hand) > kept)
                return index;
        }
        return isNewestFirst && !places.AreByKey && turns.Classes[own].Waiting > 0 ? own : -1;
    }

    /// <summary>
    /// The waiter of a class that would be served last, in the partitions that the newcomer could use.
    /// </summary>
    /// <param name="priorityClass">What <see cref="FindClass"/> found.</param>
    /// <param name="newcomer">The newcomer, which has no place yet.</param>
    /// <param name="oldest">The oldest waiter of the queue.</param>
    /// <param name="isNewestFirst">Whether the newest goes first, so that the oldest is served last.</param>
    /// <param name="someAreSetAside">
    /// Whether waiters may have been set aside because of their keys. Then the lines do not hold all.
    /// </param>
    public Waiter FindVictim(int priorityClass, Waiter newcomer, Waiter oldest, bool isNewestFirst, bool someAreSetAside)
    {
        var hand = places.HandOf(newcomer.Job!, stackalloc int[KeyDealer.HandSize]);
        var victim = someAreSetAside ? LastByArrival(priorityClass, hand, newcomer, oldest, isNewestFirst) : LastInLines(priorityClass, hand, isNewestFirst);
        return victim ?? throw new UnreachableException("The class has no waiter to displace.");
    }

    private int WaitingOf(int priorityClass, ReadOnlySpan<int> hand)
    {
        if (!places.AreByKey)
            return turns.Classes[priorityClass].Waiting;
        var waiting = 0;
        foreach (var partition in hand)
            waiting += places.All[partition].CountOf(priorityClass);
        return waiting;
    }

    private Waiter? LastByArrival(int priorityClass, ReadOnlySpan<int> hand, Waiter newcomer, Waiter oldest, bool isNewestFirst)
    {
        for (var waiter = isNewestFirst ? oldest : newcomer.Older; waiter is not null && waiter != newcomer; waiter = isNewestFirst ? waiter.Younger : waiter.Older)
        {
            if (PriorityClass.IndexOf(waiter.Job!) == priorityClass && (!places.AreByKey || hand.Contains(waiter.Job!.Partition!.Index)))
                return waiter;
        }
        return null;
    }

    /// <summary>Lines are sorted by age, so the waiter that is served last stands at an end of one.</summary>
    private Waiter? LastInLines(int priorityClass, ReadOnlySpan<int> hand, bool isNewestFirst)
    {
        Waiter? last = null;
        foreach (var partition in places.All)
        {
            if ((places.AreByKey && !hand.Contains(partition.Index)) || partition.FindLine(priorityClass) is not { Count: > 0 } line)
                continue;
            var candidate = line.First(!isNewestFirst);
            if (last is null || (candidate.Job!.Order > last.Job!.Order) != isNewestFirst)
                last = candidate;
        }
        return last;
    }
}
