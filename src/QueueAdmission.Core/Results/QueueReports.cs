namespace QueueAdmission;

/// <summary>
/// Creates the reports about a queue. Each report is a consistent snapshot, taken under the queue's lock.
/// </summary>
internal static class QueueReports
{
    public static JobQueueSnapshot Snapshot(in EngineView view, string name) => new()
    {
        Name = name,
        Settings = view.Settings.Clone(),
        State = view.State.ToPublic(),
        Workers = view.Workers.Limit,
        WorkerCaps = view.Limit.List(),
        Running = view.Workers.Running,
        WorkersInUse = view.Workers.InUse,
        Waiting = view.Room.Count,
        BackgroundRunning = view.Background.Running,
        BackgroundWaiting = view.Background.Waiting,
        WaitingByPartition = view.Room.Lines.CountByPartition(),
        LongestWait = view.Room.Oldest is { } oldest
            ? view.Clock.ToTimeSpan(view.Clock.GetTimestamp() - oldest.Time)
            : TimeSpan.Zero,
        ExpectedWait = ExpectedWaitOfNewcomer(view),
        Patience = view.Patience.Report(view.Departures.Abandoned),
        Ran = view.Workers.Ran,
        Rejected = view.Rejections.Total,
        RejectedByReason = view.Rejections.ByReason.ToDictionary(),
        Abandoned = view.Departures.Abandoned,
        WouldHaveWaited = view.DryRun.Waited,
        WouldHaveRejectedByReason = view.DryRun.RejectedByReason,
    };

    /// <summary>Returns the figures that are read often. Allocates nothing.</summary>
    public static QueueFigures Figures(in EngineView view)
    {
        var now = view.Room.Count > 0 ? view.Clock.GetTimestamp() : 0;
        return new QueueFigures
        {
            State = view.State.ToPublic(),
            Workers = view.Workers.Limit,
            WorkersInUse = view.Workers.InUse,
            Running = view.Workers.Running,
            Places = view.Settings.Places,
            Waiting = view.Room.Count,
            MaxWait = view.Settings.MaxWait,
            LongestWait = view.Room.Oldest is { } oldest ? view.Clock.ToTimeSpan(now - oldest.Time) : TimeSpan.Zero,
            Standstill = view.Room.Count > 0 ? view.Clock.StandstillLocked(now) : TimeSpan.Zero,
            Ran = view.Workers.Ran,
            Rejected = view.Rejections.Total,
            Abandoned = view.Departures.Abandoned,
        };
    }

    /// <summary>
    /// Returns the workers that a newcomer could take (negative after the limit has been lowered), the number of
    /// waiting jobs, and the workers that these jobs need.
    /// </summary>
    public static (int Free, int Waiting, long WorkersWanted) Demand(in EngineView view)
    {
        var wanted = view.Room.Count + view.Room.Lines.ExtraWorkersWanted;
        var free = view.State.IsPaused() || !view.State.AcceptsNewcomers() ? 0 : view.Workers.Free;
        return (free, view.Room.Count, wanted);
    }

    /// <summary>See <see cref="JobQueue.ReadDemand"/>. Allocates nothing.</summary>
    public static QueueDemand ReadDemand(in EngineView view)
    {
        var waiting = view.Room.Count;
        var background = view.Background;
        var wanted = waiting + background.WorkersWanted;
        var heaviest = background.IsWaiting ? background.WorkersForFirst : Math.Min(waiting, 1);
        if (view.Room.Lines.KeepsRecords)
        {
            for (var waiter = view.Room.Oldest; waiter is not null; waiter = waiter.Younger)
            {
                wanted += waiter.Job!.Weight - 1;
                heaviest = Math.Max(heaviest, waiter.Job!.Weight);
            }
        }
        var longest = view.Room.Oldest is { } oldest
            ? view.Clock.ToTimeSpan(view.Clock.GetTimestamp() - oldest.Time)
            : TimeSpan.Zero;
        // The jobs of a paused queue are meant to wait, so they want no workers.
        if (view.State.IsPaused())
            (wanted, heaviest) = (0, 0);
        return new QueueDemand(view.Workers.Running, view.Workers.InUse, waiting, wanted, longest, heaviest);
    }

    /// <summary>Returns the jobs that have waited longest, the oldest first.</summary>
    public static List<WaitingView> Waiting(in EngineView view, int max)
    {
        var list = new List<WaitingView>(Math.Min(max, view.Room.Count));
        for (var waiter = view.Room.Oldest; waiter is not null && list.Count < max; waiter = waiter.Younger)
            list.Add(new WaitingView(
                waiter.Tag, waiter.Time, waiter.PartitionIndex, waiter.Job?.Priority ?? JobPriority.Normal));
        return list;
    }

    /// <summary>
    /// Returns the snapshot together with the jobs that have waited longest and the keys with the most jobs.
    /// </summary>
    public static QueueCut Cut(in EngineView view, string name, int maxWaiting, int maxKeys)
    {
        var total = 0;
        var keys = maxKeys == 0 ? [] : view.Room.Lines.ListKeys(maxKeys, out total);
        return new QueueCut(Snapshot(view, name), Waiting(view, maxWaiting), keys, total);
    }

    private static TimeSpan? ExpectedWaitOfNewcomer(in EngineView view) =>
        !view.State.IsPaused() && view.Room.Count == 0 && view.Workers.Free > 0 ? TimeSpan.Zero
        : view.ExpectedWait(view.Room.Lines.KeepsRecords ? new JobRecord(default) : null) is { } ticks
            ? view.Clock.ToTimeSpan(ticks)
        : null;
}
