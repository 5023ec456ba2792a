namespace QueueAdmission;

/// <summary>The neighbours of a waiter in a <see cref="JobOrder{TLinks}"/>.</summary>
internal struct JobLinks
{
    public Waiter? Older;
    public Waiter? Younger;
}

/// <summary>Returns the links of a waiter in one list.</summary>
internal interface IJobLinks
{
    static abstract ref JobLinks Of(JobRecord job);
}

/// <summary>
/// A linked list of waiters of several lines, in the order of their arrival. It returns the oldest and the newest
/// waiter in O(1).
/// </summary>
/// <remarks>
/// The links are stored in the records of the jobs and not in the waiters. A request that waits in a plain queue
/// therefore needs no memory for them. Guarded by the queue's lock.
/// </remarks>
/// <typeparam name="TLinks">Selects the links of a record that the list uses.</typeparam>
internal struct JobOrder<TLinks>
    where TLinks : IJobLinks
{
    public Waiter? Oldest { get; private set; }

    public Waiter? Newest { get; private set; }

    public int Count { get; private set; }

    public void Append(Waiter waiter)
    {
        ref var links = ref TLinks.Of(waiter.Job!);
        links.Older = Newest;
        links.Younger = null;
        if (Newest is { } newest)
            TLinks.Of(newest.Job!).Younger = waiter;
        else
            Oldest = waiter;
        Newest = waiter;
        Count++;
    }

    public void Remove(Waiter waiter)
    {
        ref var links = ref TLinks.Of(waiter.Job!);
        if (links.Older is { } older)
            TLinks.Of(older.Job!).Younger = links.Younger;
        else
            Oldest = links.Younger;
        if (links.Younger is { } younger)
            TLinks.Of(younger.Job!).Older = links.Older;
        else
            Newest = links.Older;
        links = default;
        Count--;
    }
}
