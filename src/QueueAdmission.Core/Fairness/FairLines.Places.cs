using System.Diagnostics;

namespace QueueAdmission;

// Who gets which place.
internal sealed partial class FairLines
{
    public override RejectionReason? RefusalOf(JobRecord? job, bool mayWait)
    {
        Debug.Assert(job is not null);
        if (mayWait && (HasRoomFor(job) || ClassToDisplace(job) >= 0))
            return null;
        if (_settings.MaxWorkersPerKey is { } most && _accounts.Find(job.Key) is { } account && account.Workers + WorkersFor(job) > most)
            return RejectionReason.KeyLimit;
        return mayWait && _settings.PartitionByKey && _withRoom > 0 ? RejectionReason.PartitionFull : RejectionReason.QueueFull;
    }

    public override Waiter? Place(Waiter waiter, Waiter oldest)
    {
        var job = waiter.Job!;
        Waiter? victim = null;
        Partition partition;
        if (HasRoomFor(job))
        {
            partition = _settings.PartitionByKey ? ShortestOfHand(job) : NextWithRoom();
        }
        else
        {
            victim = LastOf(ClassToDisplace(job), waiter, oldest, job);
            partition = victim.Job!.Partition!;
            Remove(victim);
        }
        Join(waiter, job, partition);
        return victim;
    }

    public override void Remove(Waiter waiter)
    {
        Detach(waiter);
        if (waiter.Job!.Account is not { } account)
            return;
        waiter.Job.Account = null;
        Readmit(account);
        _accounts.Close(account);
    }

    public override void Reshape(JobQueueOptions settings, Waiter? oldest)
    {
        var before = _settings;
        _settings = settings;
        // Whose turn it was by the other order.
        if (settings.Order != before.Order)
            _selected = null;
        if (settings.Partitions != before.Partitions || settings.PartitionByKey != before.PartitionByKey || settings.MaxWorkersPerKey != before.MaxWorkersPerKey)
        {
            MakeLines();
            Deal(oldest);
        }
        else if (settings.Workers < before.Workers || settings.Order != before.Order)
        {
            // Who weighs more than that needs fewer workers now, and may no longer be beyond the limit of its key. And in another order, others of a key are first.
            foreach (var account in _accounts.All)
                Readmit(account);
        }
        _withRoom = _partitions.Count(partition => partition.Count < settings.PartitionCapacity);
    }

    public override void Deal(Waiter? oldest)
    {
        for (var waiter = oldest; waiter is not null; waiter = waiter.Younger)
        {
            if (waiter.Job is not { } job)
                waiter.Brought = job = new JobRecord(new JobTraits { Tag = waiter.Tag });
            if (job.Account is { } account)
            {
                job.Account = null;
                account.ForgetParked();
                _accounts.Close(account);
            }
            Join(waiter, job, _settings.PartitionByKey ? ShortestOfHand(job) : _partitions[_cursor]);
            Advance();
        }
    }

    /// <summary>
    /// Those of its own class who are before it, and those of the others who are served meanwhile by their share. With keys, its class serves the partitions in turn, so
    /// what counts is how many are in its own line; where the newest goes first nobody is, only the other lines' turns are.
    /// </summary>
    public override int CountAhead(JobRecord? job, int waiting)
    {
        Debug.Assert(job is not null);
        var index = PriorityClass.IndexOf(job);
        var own = _classes[index];
        var ahead = NewestFirst ? own.BusyLines / 2
            : _settings.PartitionByKey
            ? Math.Min(own.Waiting, (ShortestOfHand(job).LineOf(index).Count * own.BusyLines) + (own.BusyLines / 2))
            : own.Waiting;
        double others = 0;
        foreach (var other in _classes)
        {
            if (other != own)
                others += Math.Min(other.Waiting, (ahead + 1) * other.Share / own.Share);
        }
        return ahead + (int)others;
    }

    private void MakeLines()
    {
        SeesEveryJob = AreNeededFor(_settings);
        _partitions = [.. Enumerable.Range(0, _settings.Partitions).Select(index => new Partition(_queue, index))];
        _withRoom = _settings.PartitionCapacity > 0 ? _partitions.Length : 0;
        _cursor = 0;
        _ready = 0;
        _selected = null;
        Array.ForEach(_classes, priorityClass => priorityClass.Clear());
    }

    private void Join(Waiter waiter, JobRecord job, Partition partition)
    {
        var index = PriorityClass.IndexOf(job);
        job.Order = ++_order;
        job.Partition = partition;
        if (_settings.MaxWorkersPerKey is not null)
            job.Account = _accounts.Open(job.Key);
        partition.Take(index);
        _classes[index].Waiting++;
        if (partition.Count == _settings.PartitionCapacity)
            _withRoom--;
        var line = partition.LineOf(index);
        line.Append(waiter);
        CountReady(line);
    }

    /// <summary>Takes a waiter out of its line, or from among those who were set aside, and frees its place.</summary>
    private void Detach(Waiter waiter)
    {
        var job = waiter.Job!;
        var index = PriorityClass.IndexOf(job);
        LeaveLine(waiter);
        if (_selected == waiter)
            _selected = null;
        job.Partition!.Free(index);
        _classes[index].Waiting--;
        if (job.Partition.Count == _settings.PartitionCapacity - 1)
            _withRoom++;
    }

    private bool HasRoomFor(JobRecord job) => _settings.PartitionByKey
        ? ShortestOfHand(job).Count < _settings.PartitionCapacity
        : _withRoom > 0;

    /// <summary>The shortest partition of the key's hand, of equal ones the one that owes the least.</summary>
    private Partition ShortestOfHand(JobRecord job)
    {
        Span<int> hand = stackalloc int[KeyDealer.HandSize];
        Partition? shortest = null;
        foreach (var index in hand[.._dealer.Deal(job.Key, _partitions.Length, hand)])
        {
            var partition = _partitions[index];
            if (shortest is null || partition.Count < shortest.Count
                || (partition.Count == shortest.Count && partition.BalanceIn(_period) > shortest.BalanceIn(_period)))
                shortest = partition;
        }
        return shortest!;
    }

    private Partition NextWithRoom()
    {
        while (_partitions[_cursor].Count >= _settings.PartitionCapacity)
            Advance();
        var partition = _partitions[_cursor];
        Advance();
        return partition;
    }

    private void Advance() => _cursor = _cursor + 1 == _partitions.Length ? 0 : _cursor + 1;
}
