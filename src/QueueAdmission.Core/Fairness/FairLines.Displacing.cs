using System.Diagnostics;

namespace QueueAdmission;

// Who has to make room in a full queue.
internal sealed partial class FairLines
{
    /// <summary>The part of the places from which no higher class drives out a lower one: about what the lowest class gets of the workers beside High.</summary>
    private const int PlacesKept = 16;

    /// <summary>The lowest class that has to make room for the job: below its own, and with more than its kept places among those that the job could use. -1 if there is none.</summary>
    private int ClassToDisplace(JobRecord job)
    {
        Span<int> hand = stackalloc int[KeyDealer.HandSize];
        var dealt = _settings.PartitionByKey ? _dealer.Deal(job.Key, _partitions.Length, hand) : _partitions.Length;
        var kept = dealt * _settings.PartitionCapacity / PlacesKept;
        for (var index = 0; index < PriorityClass.IndexOf(job); index++)
        {
            var waiting = _classes[index].Waiting;
            if (_settings.PartitionByKey)
            {
                waiting = 0;
                foreach (var partition in hand[..dealt])
                    waiting += _partitions[partition].CountOf(index);
            }
            if (waiting > kept)
                return index;
        }
        return -1;
    }

    /// <summary>The one of a class who came last before the newcomer, in the partitions that the newcomer could use.</summary>
    private Waiter NewestOf(int priorityClass, Waiter newcomer, JobRecord job)
    {
        Span<int> hand = stackalloc int[KeyDealer.HandSize];
        hand = hand[..(_settings.PartitionByKey ? _dealer.Deal(job.Key, _partitions.Length, hand) : 0)];
        if (_settings.MaxWorkersPerKey is null)
            return NewestInLines(priorityClass, hand);
        // Some may have been set aside, because their keys have enough workers.
        for (var waiter = newcomer.Older; waiter is not null; waiter = waiter.Older)
        {
            if (PriorityClass.IndexOf(waiter.Job!) == priorityClass && (!_settings.PartitionByKey || hand.Contains(waiter.Job!.Partition!.Index)))
                return waiter;
        }
        throw new UnreachableException("The class has nobody to displace.");
    }

    /// <summary>Lines are sorted by age, so the newest stands at the end of one.</summary>
    private Waiter NewestInLines(int priorityClass, ReadOnlySpan<int> hand)
    {
        Waiter? newest = null;
        foreach (var partition in _partitions)
        {
            if ((!_settings.PartitionByKey || hand.Contains(partition.Index)) && partition.FindLine(priorityClass) is { Count: > 0 } line
                && (newest is null || line.Newest.Job!.Order > newest.Job!.Order))
                newest = line.Newest;
        }
        return newest ?? throw new UnreachableException("The class has nobody to displace.");
    }
}
