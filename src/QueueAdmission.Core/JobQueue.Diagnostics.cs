using System.Diagnostics.Metrics;

namespace QueueAdmission;

// What a queue tells those who watch it. Nothing here is on the way of a job that gets a worker at once, except for the question whether anybody measures jobs.
public sealed partial class JobQueue
{
    // Guarded by _lock.
    private long _lastProgress;
    private Action<RejectionReason>? _onNextRefusal;

    private Histogram<double>? _jobDurations;

    /// <summary>Where this queue's measurements go; null if the program has no meters.</summary>
    internal QueueMetrics? Metrics { get; private set; }

    /// <summary>Whether somebody listens to how long jobs take, so that their start is worth a look at the clock. Asked for every job, so it goes straight to the instrument.</summary>
    internal bool MeasuresJobs => _jobDurations is { Enabled: true };

    /// <summary>Called once, before the queue is used.</summary>
    internal void ReportTo(QueueMetrics metrics)
    {
        Metrics = metrics;
        _jobDurations = metrics.JobDurations;
    }

    /// <summary>The time, for measuring a job; 0 if nobody listens.</summary>
    internal long ReadJobClock() => MeasuresJobs ? _time.GetTimestamp() : 0;

    /// <summary>A job that was measured has ended. A listener that throws has no effect.</summary>
    internal void RecordJobSince(long started) => RecordJob(_time.GetElapsedTime(started));

    /// <summary>The job, timed. A pushed job has no lease that could remember its start.</summary>
    private Func<CancellationToken, Task> Measured(Func<CancellationToken, Task> job) => async cancellationToken =>
    {
        var started = _time.GetTimestamp();
        try
        {
            await job(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            RecordJobSince(started);
        }
    };

    internal void RecordJob(TimeSpan duration) => Metrics?.RecordJob(this, duration);

    /// <summary>Reports a wait that is over. It is called on the flow that waited. A listener that throws has no effect.</summary>
    internal void ReportWait(in Admission admission, int partition)
    {
        Metrics?.RecordWait(this, admission);
        WaitSpan.Write(this, admission, partition);
    }

    internal QueueFigures ReadFigures()
    {
        lock (_lock)
        {
            var workers = _slots.ReadLocked();
            var settings = _settings;
            var now = _arrivals.Count > 0 ? _time.GetTimestamp() : 0;
            return new QueueFigures
            {
                State = StateLocked(),
                Workers = workers.Limit,
                WorkersInUse = workers.InUse,
                Running = workers.Running,
                Places = settings.Partitions * settings.PartitionCapacity,
                Waiting = _arrivals.Count,
                MaxWait = settings.MaxWait,
                LongestWait = _arrivals.Oldest is { } oldest ? ToTimeSpan(now - oldest.Time) : TimeSpan.Zero,
                Standstill = _arrivals.Count > 0 ? ToTimeSpan(now - _lastProgress) : TimeSpan.Zero,
                Ran = workers.Ran,
                Rejected = _rejectedTotal,
                Abandoned = _abandoned,
            };
        }
    }

    internal long CountRejected(RejectionReason reason) => Volatile.Read(ref _rejected[(int)reason]);

    internal int[] CountWaitingByPartition()
    {
        lock (_lock)
            return _discipline.CountByPartition();
    }

    /// <summary>Asks for one call on the thread pool when the next job is refused.</summary>
    /// <param name="callback">Gets the reason. What it throws is dropped.</param>
    /// <param name="known">The refusals that the caller knows of.</param>
    /// <returns>False if there were more refusals than that. Then no call follows.</returns>
    internal bool TryAwaitRefusal(Action<RejectionReason> callback, long known)
    {
        lock (_lock)
        {
            if (_rejectedTotal != known)
                return false;
            _onNextRefusal = callback;
            return true;
        }
    }

    private void TellOfRefusalLocked(RejectionReason reason)
    {
        if (_onNextRefusal is not { } callback)
            return;
        _onNextRefusal = null;
        // The callback writes to the log, and an exception of a log provider would end the process here.
        ThreadPool.UnsafeQueueUserWorkItem(
            static told => ForeignCode.Run(told, static told => told.callback(told.reason)), (callback, reason), preferLocal: false);
    }

    private JobQueueState StateLocked() =>
        _disposed ? JobQueueState.Disposed : _draining || _refusesCallers ? JobQueueState.Draining : _paused ? JobQueueState.Paused : JobQueueState.Running;
}
