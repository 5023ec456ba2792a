using System.Collections.ObjectModel;

namespace QueueAdmission;

// Settings and states: everything that changes a queue from outside. Each is one locked step that ends in SettleLocked.
public sealed partial class JobQueue
{
    private readonly ulong _keySalt;
    private bool _heedsOrder;
    private PushedJobs? _pushedJobs;

    /// <summary>
    /// Called once, before the queue is used, where a container owns it: then it knows which pushed jobs have not
    /// ended.
    /// </summary>
    internal void BelongToApplication() => _pushedJobs = new PushedJobs();

    /// <summary>Completes when every pushed job has ended.</summary>
    internal Task WhenPushedJobsEndAsync() => _pushedJobs?.WhenNoneIsOpenAsync() ?? Task.CompletedTask;

    /// <summary>
    /// The application ends: the handles of pushed jobs that run complete as <see cref="JobStatus.Unfinished"/>.
    /// </summary>
    /// <returns>The number of those jobs.</returns>
    internal int GiveUpPushedJobs() => _pushedJobs?.GiveUp() ?? 0;

    private void Apply(JobQueueOptions settings)
    {
        WakeList letThrough = default, wake;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var before = _settings;
            _settings = settings;
            // The one way in which the number of workers changes, for configuration, operators and controllers alike.
            Interlocked.Add(ref _word, (settings.Workers - before.Workers) * WorkerWord.FreeUnit);
            TakeOverTimes(settings);
            ReshapeLocked();
            SwitchOverloadControlLocked();
            HoldLocked();
            if (settings.MaxWait != before.MaxWait)
                DisarmTimerLocked();
            if (settings.DryRun != before.DryRun)
                letThrough = SwitchDryRunLocked();
            wake = SettleLocked();
        }
        letThrough.Complete();
        wake.Complete();
    }

    /// <summary>
    /// The settings' times in the units of the paths that read them: converting costs as much as half a refusal.
    /// </summary>
    private void TakeOverTimes(JobQueueOptions settings)
    {
        _maxWaitTicks = ToTimestampTicks(settings.MaxWait);
        _minRetrySeconds = (int)Math.Ceiling(settings.MinRetryAfter.TotalSeconds);
        _maxRetrySeconds = (int)Math.Ceiling(settings.MaxRetryAfter.TotalSeconds);
    }

    /// <summary>
    /// From the first job on that needs more than its turn by age, the queue has lines that can give it that.
    /// </summary>
    private void HeedOrderLocked()
    {
        if (_heedsOrder)
            return;
        _heedsOrder = true;
        ReshapeLocked();
    }

    private bool NeedsFairLines => _heedsOrder || FairLines.AreNeededFor(_settings);

    private Discipline NewDiscipline() => NeedsFairLines ? new FairLines(this, _settings, _keySalt) : new RoundRobinLines(this, _settings);

    /// <summary>
    /// Brings the lines in step with the settings. Where they ask for another discipline, all who wait are dealt out
    /// anew in the order of their arrival.
    /// </summary>
    private void ReshapeLocked()
    {
        if (NeedsFairLines == _discipline is FairLines)
        {
            _discipline.Reshape(_settings, _arrivals.Oldest);
            return;
        }
        _discipline = NewDiscipline();
        SetOrderLocked();
        _discipline.Deal(_arrivals.Oldest);
    }

    private void Hold(bool paused)
    {
        WakeList wake;
        TaskCompletionSource? undone = null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _paused = paused;
            if (!paused)
            {
                _draining = false;
                (undone, _drained) = (_drained, null);
            }
            HoldLocked();
            wake = SettleLocked();
        }
        undone?.TrySetCanceled();
        wake.Complete();
    }

    /// <summary>
    /// Pauses or resumes, but leaves a queue alone that drains or was disposed: that was another decision.
    /// </summary>
    /// <returns>False if it was left alone.</returns>
    internal bool TrySetPaused(bool paused)
    {
        WakeList wake;
        lock (_lock)
        {
            if (_draining || _disposed || _refusesCallers)
                return false;
            _paused = paused;
            HoldLocked();
            wake = SettleLocked();
        }
        wake.Complete();
        return true;
    }

    private Task Drain(bool rejectWaiting)
    {
        Task drained;
        WakeList refused = default, wake;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _paused = false;
            _draining = true;
            HoldLocked();
            if (rejectWaiting)
                refused = RefuseAllLocked();
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
            wake = SettleLocked();
        }
        refused.Complete();
        wake.Complete();
        return drained;
    }

    /// <summary>
    /// The application stops: callers that wait in their own flow are refused, and so are those that would have to.
    /// </summary>
    /// <remarks>
    /// A server waits for every request it has, waiting ones included, so a request that waits here holds up the whole
    /// stop. The queue cannot know which callers are requests, so all count as such. Pushed jobs hold up nothing: they
    /// keep their places, and more may be pushed, until the queue is drained or disposed. A caller that finds a free
    /// worker gets it. Nothing takes this back.
    /// </remarks>
    internal void RefuseCallers()
    {
        WakeList refused, wake;
        lock (_lock)
        {
            if (_disposed || _refusesCallers)
                return;
            _refusesCallers = true;
            // As with a drain: pushed jobs have their turn, also where the queue was paused.
            _paused = false;
            HoldLocked();
            refused = RefuseAllLocked(pushedOnes: false);
            wake = SettleLocked();
        }
        refused.Complete();
        wake.Complete();
    }

    private void Close()
    {
        WakeList refused, wake;
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            HoldLocked();
            refused = RefuseAllLocked();
            wake = SettleLocked();
            _timer?.Dispose();
        }
        Metrics?.Remove(this);
        refused.Complete();
        wake.Complete();
    }

    private WakeList RefuseAllLocked(bool pushedOnes = true)
    {
        var wake = new WakeList();
        if (_arrivals.Count > 0)
            LookAtClockLocked();
        for (var waiter = _arrivals.Oldest; waiter is not null;)
        {
            var younger = waiter.Younger;
            if (pushedOnes || !waiter.IsPushed)
            {
                _discipline.Remove(waiter);
                RefuseWaiterLocked(waiter, RejectionReason.Draining, ref wake);
            }
            waiter = younger;
        }
        return wake;
    }

    /// <summary>
    /// A queue that is paused, draining or disposed, or whose discipline wants to see every job, sends everybody to the
    /// lock, so that they meet what holds them.
    /// </summary>
    private void HoldLocked()
    {
        if (HasHold)
            Interlocked.Or(ref _word, WorkerWord.Mark);
    }

    private JobQueueSnapshot TakeSnapshot()
    {
        lock (_lock)
        {
            var word = Volatile.Read(ref _word);
            return new JobQueueSnapshot
            {
                Name = Name,
                Settings = _settings.Clone(),
                State = StateLocked(),
                Running = JobsRunningLocked(word),
                WorkersInUse = WorkersInUseLocked(word),
                Waiting = _arrivals.Count,
                WaitingByPartition = _discipline.CountByPartition(),
                LongestWait = _arrivals.Oldest is { } oldest ? ToTimeSpan(_time.GetTimestamp() - oldest.Time) : TimeSpan.Zero,
                ExpectedWait = ExpectedWaitOfNewcomerLocked(word),
                Ran = WorkerWord.Ran(word),
                Rejected = _rejectedTotal,
                RejectedByReason = Enum.GetValues<RejectionReason>()
                    .Where(reason => _rejected[(int)reason] > 0)
                    .ToDictionary(reason => reason, reason => _rejected[(int)reason]),
                Abandoned = _abandoned,
                WouldHaveWaited = _dryRunBooks?.Waited ?? 0,
                WouldHaveRejectedByReason = _dryRunBooks?.RejectedByReason() ?? ReadOnlyDictionary<RejectionReason, long>.Empty,
            };
        }
    }

    /// <summary>
    /// How many workers are free, below 0 after a shrink, how many jobs wait, and how many workers they wait for.
    /// </summary>
    internal (int Free, int Waiting, long WorkersWanted) Look()
    {
        lock (_lock)
        {
            // A million places times the heaviest weight is more than an int holds.
            var wanted = (long)_arrivals.Count;
            if (_discipline.KeepsRecords)
            {
                for (var waiter = _arrivals.Oldest; waiter is not null; waiter = waiter.Younger)
                    wanted += waiter.Job!.Weight - 1;
            }
            return (_paused || !AcceptsNewcomers ? 0 : WorkerWord.Free(Volatile.Read(ref _word)), _arrivals.Count, wanted);
        }
    }
}
