using System.Diagnostics;

namespace QueueAdmission;

// Who has to make room in a full queue.
internal sealed partial class FairLines
{
    /// <summary>The part of the places from which no higher class drives out a lower one: about what the lowest class gets of the workers beside High.</summary>
    private const int PlacesKept = 16;

    /// <summary>
    /// The lowest class that has to make room for the job: below its own, and with more than its kept places among those that the job could use; or its own, where the newest goes first and the
    /// partitions are everybody's (a key's rush fills no more than its own). -1 if there is none.
    /// </summary>
    private int ClassToDisplace(JobRecord job)
    {
        if (_settings.PartitionCapacity == 0)
            return -1;
        Span<int> hand = stackalloc int[KeyDealer.HandSize];
        hand = hand[..(_settings.PartitionByKey ? _dealer.Deal(job.Key, _partitions.Length, hand) : 0)];
        var kept = (_settings.PartitionByKey ? hand.Length : _partitions.Length) * _settings.PartitionCapacity / PlacesKept;
        var own = PriorityClass.IndexOf(job);
        for (var index = 0; index < own; index++)
        {
            if (WaitingOf(index, hand) > kept)
                return index;
        }
        return IsNewestFirst && !_settings.PartitionByKey && _classes[own].Waiting > 0 ? own : -1;
    }

    private int WaitingOf(int priorityClass, ReadOnlySpan<int> hand)
    {
        if (!_settings.PartitionByKey)
            return _classes[priorityClass].Waiting;
        var waiting = 0;
        foreach (var partition in hand)
            waiting += _partitions[partition].CountOf(priorityClass);
        return waiting;
    }

    /// <summary>The one of a class who would be served last, in the partitions that the newcomer could use: who came last before the newcomer, or who has waited longest.</summary>
    private Waiter LastOf(int priorityClass, Waiter newcomer, Waiter oldest, JobRecord job)
    {
        Span<int> hand = stackalloc int[KeyDealer.HandSize];
        hand = hand[..(_settings.PartitionByKey ? _dealer.Deal(job.Key, _partitions.Length, hand) : 0)];
        if (_settings.MaxWorkersPerKey is null)
            return LastInLines(priorityClass, hand);
        // Some may have been set aside, because their keys have enough workers.
        for (var waiter = IsNewestFirst ? oldest : newcomer.Older; waiter is not null && waiter != newcomer; waiter = IsNewestFirst ? waiter.Younger : waiter.Older)
        {
            if (PriorityClass.IndexOf(waiter.Job!) == priorityClass && (!_settings.PartitionByKey || hand.Contains(waiter.Job!.Partition!.Index)))
                return waiter;
        }
        throw new UnreachableException("The class has nobody to displace.");
    }

    /// <summary>Lines are sorted by age, so whoever is served last stands at an end of one.</summary>
    private Waiter LastInLines(int priorityClass, ReadOnlySpan<int> hand)
    {
        Waiter? last = null;
        foreach (var partition in _partitions)
        {
            if ((_settings.PartitionByKey && !hand.Contains(partition.Index)) || partition.FindLine(priorityClass) is not { Count: > 0 } line)
                continue;
            var candidate = line.First(!IsNewestFirst);
            if (last is null || (candidate.Job!.Order > last.Job!.Order) != IsNewestFirst)
                last = candidate;
        }
        return last ?? throw new UnreachableException("The class has nobody to displace.");
    }
}
