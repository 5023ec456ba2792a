using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>Logs the beginning of a burst of refusals, a summary while it lasts, and its end.</summary>
/// <remarks>
/// <para>The queue calls this object only at the first refusal of a burst. Further refusals cost nothing here. Instead,
/// a timer compares the counts of the queue with the counts that were logged last.</para>
/// <para>Ten seconds without a refusal end the burst. The timer then stops, and the queue will call again at the next
/// refusal. A short burst therefore writes two lines to the log. A long burst writes one more line every 10 s.</para>
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

    /// <summary>Whether a burst of refusals is in progress. An interval of 10 s without a refusal ends it.</summary>
    public bool IsRefusing => _isRefusing;

    /// <summary>
    /// Stops the timer at the end of the application. The next burst of refusals is logged only once, without a
    /// summary.
    /// </summary>
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
            _began = _queue.Time.GetUtcNow();
            var snapshot = _queue.GetSnapshot();
            (_beforeBurst, _told) = (_told, RefusalCount.Of(snapshot));
            LogBegan(
                _logger,
                snapshot.Name,
                reason.ToWireName(),
                snapshot.WorkersInUse,
                snapshot.Workers,
                snapshot.Waiting,
                snapshot.Settings.Places,
                _told.Since(_beforeBurst).Total);
            if (!_stopped)
            {
                _timer ??= _queue.Time.CreateTimer(
                    static log => ((RefusalLog)log!).OnTimer(),
                    this,
                    Timeout.InfiniteTimeSpan,
                    Timeout.InfiniteTimeSpan);
                ArmLocked();
            }
            // Set last, so that a visible burst always has a timer that ends it.
            _isRefusing = true;
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }
            var count = RefusalCount.Of(_queue.GetSnapshot());
            var since = count.Since(_told);
            _told = count;
            if (since.Total > 0)
            {
                LogGoesOn(_logger, _queue.Name, since.Total, Interval.TotalSeconds, since.Show());
                ArmLocked();
                return;
            }
            // From here on the queue may call Begin again. It does so on another thread, which waits for the lock.
            if (!_queue.TryAwaitRefusal(Begin, count.Total))
            {
                ArmLocked();
                return;
            }
            _isRefusing = false;
            var all = count.Since(_beforeBurst);
            var duration = _queue.Time.GetUtcNow() - _began - Interval;
            LogEnded(_logger, _queue.Name, Interval.TotalSeconds, all.Total, duration.TotalSeconds, all.Show());
        }
    }

    private void ArmLocked() => _timer!.Change(Interval, Timeout.InfiniteTimeSpan);

    [LoggerMessage(EventId = 50, EventName = "RefusalsBegan", Level = LogLevel.Warning,
        Message = "Queue {Queue} refuses requests, the first one for {Reason}: " +
            "{Running} of {Workers} workers are busy, {Waiting} of {Places} places are taken, " +
            "{Rejected} were refused so far.")]
    private static partial void LogBegan(
        ILogger logger,
        string queue,
        string reason,
        int running,
        int workers,
        int waiting,
        int places,
        long rejected);

    [LoggerMessage(EventId = 51, EventName = "RefusalsGoOn", Level = LogLevel.Warning,
        Message = "Queue {Queue} refused {Rejected} requests in the last {Seconds} s ({Reasons}).")]
    private static partial void LogGoesOn(ILogger logger, string queue, long rejected, double seconds, string reasons);

    [LoggerMessage(EventId = 52, EventName = "RefusalsEnded", Level = LogLevel.Information,
        Message = "Queue {Queue} has refused no request for {Quiet} s. " +
            "Before that it refused {Rejected} requests within {Seconds:0} s ({Reasons}).")]
    private static partial void LogEnded(
        ILogger logger, string queue, double quiet, long rejected, double seconds, string reasons);
}
