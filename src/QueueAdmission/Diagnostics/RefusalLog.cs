using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>Tells the log when a queue begins to refuse, sums up while it goes on, and says when it is over.</summary>
/// <remarks>
/// Nothing is done for each refusal: the queue calls once, at the first one, and from then on a timer compares its books with what was told last. Ten seconds
/// without a refusal end the burst and the timer, and the queue is asked to call again. So the log has two lines for a short burst, and one more every 10 s of a
/// long one.
/// </remarks>
internal sealed partial class RefusalLog : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly JobQueue _queue;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private RefusalCount _beforeBurst;
    private RefusalCount _told;
    private DateTimeOffset _began;
    private ITimer? _timer;
    private bool _stopped;
    private volatile bool _isRefusing;

    public RefusalLog(JobQueue queue, ILogger logger)
    {
        _queue = queue;
        _logger = logger;
        _beforeBurst = _told = RefusalCount.Of(queue.GetSnapshot());
        queue.TryAwaitRefusal(Begin, _told.Total);
    }

    /// <summary>Whether the queue has refused somebody within the last 10 s.</summary>
    public bool IsRefusing => _isRefusing;

    /// <summary>For the end of the application: what is refused from now on is told once, and no timer runs.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _timer?.Dispose();
        }
    }

    public void Dispose() => Stop();

    private void Begin(RejectionReason reason)
    {
        lock (_gate)
        {
            _isRefusing = true;
            _began = _queue.Time.GetUtcNow();
            var snapshot = _queue.GetSnapshot();
            (_beforeBurst, _told) = (_told, RefusalCount.Of(snapshot));
            LogBegan(_logger, snapshot.Name, reason.ToWireName(), snapshot.WorkersInUse, snapshot.Workers,
                snapshot.Waiting, snapshot.Settings.Partitions * snapshot.Settings.PartitionCapacity, _told.Since(_beforeBurst).Total);
            if (_stopped)
                return;
            _timer ??= _queue.Time.CreateTimer(static log => ((RefusalLog)log!).LookAgain(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            ArmLocked();
        }
    }

    private void LookAgain()
    {
        lock (_gate)
        {
            if (_stopped)
                return;
            var count = RefusalCount.Of(_queue.GetSnapshot());
            var since = count.Since(_told);
            _told = count;
            if (since.Total > 0)
            {
                LogGoesOn(_logger, _queue.Name, since.Total, Interval.TotalSeconds, since.Show());
                ArmLocked();
                return;
            }
            // Before the queue may call again, which it does on another thread and so waits at the gate.
            if (!_queue.TryAwaitRefusal(Begin, count.Total))
            {
                ArmLocked();
                return;
            }
            _isRefusing = false;
            var all = count.Since(_beforeBurst);
            LogEnded(_logger, _queue.Name, Interval.TotalSeconds, all.Total, (_queue.Time.GetUtcNow() - _began - Interval).TotalSeconds, all.Show());
        }
    }

    private void ArmLocked() => _timer!.Change(Interval, Timeout.InfiniteTimeSpan);

    [LoggerMessage(EventId = 50, EventName = "RefusalsBegan", Level = LogLevel.Warning,
        Message = "Queue {Queue} refuses requests, the first one for {Reason}: {Running} of {Workers} workers are busy, {Waiting} of {Places} places are taken, {Rejected} were refused so far.")]
    private static partial void LogBegan(ILogger logger, string queue, string reason, int running, int workers, int waiting, int places, long rejected);

    [LoggerMessage(EventId = 51, EventName = "RefusalsGoOn", Level = LogLevel.Warning,
        Message = "Queue {Queue} refused {Rejected} requests in the last {Seconds} s ({Reasons}).")]
    private static partial void LogGoesOn(ILogger logger, string queue, long rejected, double seconds, string reasons);

    [LoggerMessage(EventId = 52, EventName = "RefusalsEnded", Level = LogLevel.Information,
        Message = "Queue {Queue} has refused nobody for {Quiet} s. Before that it refused {Rejected} requests within {Seconds:0} s ({Reasons}).")]
    private static partial void LogEnded(ILogger logger, string queue, double quiet, long rejected, double seconds, string reasons);
}
