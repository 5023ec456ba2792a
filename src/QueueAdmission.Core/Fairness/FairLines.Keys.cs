namespace QueueAdmission;

// Waiters whose key is at its limit are set aside, and come back into their lines when it no longer is.
internal sealed partial class FairLines
{
    /// <summary>Whether a job has to wait for others of its own key, however many workers are free.</summary>
    private bool IsHeldBack(JobRecord job, KeyAccount? account) =>
        _settings.MaxWorkersPerKey is { } most && account is not null
        && (account.Workers + WorkersFor(job) > most || account.OwesTurnBefore(job, IsNewestFirst));

    private void SetAside(Waiter waiter)
    {
        LeaveLine(waiter);
        waiter.Job!.Account!.Park(waiter);
    }

    /// <summary>
    /// The key may have more workers, or one of those who were set aside has left: in each class, the first for whom there is enough come back. More come than can run, as each class is
    /// given the whole rest of the limit, so that the classes' shares decide; who cannot is set aside again.
    /// </summary>
    private void Readmit(KeyAccount account)
    {
        if (_settings.MaxWorkersPerKey is not { } most)
            return;
        for (var index = 0; index < PriorityClass.Number; index++)
        {
            var rest = most - account.Workers;
            while (account.ParkedIn(index) is { Count: > 0 } parked && parked.First(IsNewestFirst) is var waiter && WorkersFor(waiter.Job!) <= rest)
            {
                rest -= WorkersFor(waiter.Job!);
                parked.Remove(waiter);
                var line = waiter.Job!.Partition!.LineOf(index);
                line.InsertByAge(waiter);
                CountReady(line);
            }
        }
    }

    /// <summary>A waiter has joined a line from which it can be served.</summary>
    private void CountReady(Line line)
    {
        if (_ready++ == 0)
        {
            // Until now nobody waited for a worker that another had: who used how many is of no account.
            _period++;
            _startTime = 0;
            Array.ForEach(_classes, priorityClass => priorityClass.Restart());
        }
        if (line.Count == 1)
            _classes[PriorityClass.IndexOf(line.Oldest.Job!)].Join(line, _startTime);
    }

    private void LeaveLine(Waiter waiter)
    {
        var line = waiter.Line;
        line.Remove(waiter);
        if (line.Partition is null)
            return;
        _ready--;
        if (line.Count == 0)
            _classes[PriorityClass.IndexOf(waiter.Job!)].Leave(line);
    }
}
