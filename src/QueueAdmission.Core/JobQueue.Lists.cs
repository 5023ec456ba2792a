namespace QueueAdmission;

// Who waits, for people who look.
public sealed partial class JobQueue
{
    /// <summary>Those who have waited longest, oldest first, and at most so many: they are copied under the lock.</summary>
    internal IReadOnlyList<WaitingView> ListWaiting(int most)
    {
        lock (_lock)
        {
            var list = new List<WaitingView>(Math.Min(most, _arrivals.Count));
            for (var waiter = _arrivals.Oldest; waiter is not null && list.Count < most; waiter = waiter.Younger)
                list.Add(new WaitingView(waiter.Tag, waiter.Time, waiter.PartitionIndex, waiter.Job?.Priority ?? JobPriority.Normal));
            return list;
        }
    }
}
