namespace QueueAdmission;

// Lists of the jobs that wait.
public sealed partial class JobQueue
{
    /// <summary>The jobs that have waited longest, oldest first.</summary>
    /// <param name="max">The most jobs in the list. They are copied under the lock.</param>
    /// <param name="total">How many jobs wait in all, at the same moment.</param>
    internal IReadOnlyList<WaitingView> ListWaiting(int max, out int total)
    {
        lock (_lock)
        {
            total = _arrivals.Count;
            var list = new List<WaitingView>(Math.Min(max, total));
            for (var waiter = _arrivals.Oldest; waiter is not null && list.Count < max; waiter = waiter.Younger)
                list.Add(new WaitingView(waiter.Tag, waiter.Time, waiter.PartitionIndex, waiter.Job?.Priority ?? JobPriority.Normal));
            return list;
        }
    }
}
