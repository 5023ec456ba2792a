namespace QueueAdmission;

/// <summary>
/// The waiters whose jobs have a deadline, the earliest deadline first. It is a binary heap in which each waiter knows
/// its position, so removing any waiter costs O(log n).
/// </summary>
/// <remarks>
/// Guarded by the queue's lock. MaxWait needs no index: it applies to all waiters, so the oldest waiter always reaches
/// it first.
/// </remarks>
internal sealed class DeadlineIndex
{
    private readonly List<Waiter> _heap = [];

    public bool IsEmpty => _heap.Count == 0;

    /// <summary>
    /// The time of the earliest deadline, on the queue's clock. <see cref="long.MaxValue"/> if there is none.
    /// </summary>
    public long Earliest => IsEmpty ? long.MaxValue : _heap[0].Job!.DeadlineAt;

    public Waiter First => _heap[0];

    public void Add(Waiter waiter)
    {
        _heap.Add(waiter);
        Rise(waiter, _heap.Count - 1);
    }

    /// <summary>Removes a waiter, if it is in the index.</summary>
    public void Remove(Waiter waiter)
    {
        if (waiter.Job is not { } job || job.HeapIndex < 0)
            return;
        var hole = job.HeapIndex;
        job.HeapIndex = -1;
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last == waiter)
            return;
        Rise(last, hole);
        Sink(last, last.Job!.HeapIndex);
    }

    private void Rise(Waiter waiter, int index)
    {
        for (; index > 0 && _heap[(index - 1) / 2].Job!.DeadlineAt > waiter.Job!.DeadlineAt; index = (index - 1) / 2)
            Put(_heap[(index - 1) / 2], index);
        Put(waiter, index);
    }

    private void Sink(Waiter waiter, int index)
    {
        while ((2 * index) + 1 is var child && child < _heap.Count)
        {
            if (child + 1 < _heap.Count && _heap[child + 1].Job!.DeadlineAt < _heap[child].Job!.DeadlineAt)
                child++;
            if (_heap[child].Job!.DeadlineAt >= waiter.Job!.DeadlineAt)
                break;
            Put(_heap[child], index);
            index = child;
        }
        Put(waiter, index);
    }

    private void Put(Waiter waiter, int index)
    {
        _heap[index] = waiter;
        waiter.Job!.HeapIndex = index;
    }
}
