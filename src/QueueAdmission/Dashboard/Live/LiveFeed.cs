using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// Draws a frame twice a second: the serialised state of all queues, shared by all viewers. Tells the viewers when the
/// state has changed. Without viewers, no frame is drawn. The timer then runs only while running jobs are recorded.
/// </summary>
/// <remarks>
/// <para>A frame is drawn outside the lock of the feed, and by one thread at a time. A viewer that joins reads the
/// latest frame. Only the first viewer draws a frame, because there is none yet. The work therefore does not grow with
/// the number of joins.</para>
/// <para>No wake-up is lost. A thread that has drawn a frame takes the lock, and publishes the frame if the feed is on
/// at that moment. A viewer that finds another thread drawing has already switched the feed on, under the same lock.
/// That thread therefore publishes its frame to this viewer.</para>
/// </remarks>
internal sealed partial class LiveFeed : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The longest time without a message. Messages reveal lost connections, and keep proxies from closing the others.
    /// </summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>How long running jobs are recorded after a request for their list.</summary>
    private static readonly TimeSpan RecordingTime = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly JobQueueRegistry _registry;
    private readonly Func<LiveReport> _describe;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private volatile LiveBeat _latest = new(null);
    private long _version;
    private long _sentAt;
    private long _recordingEndsAt;
    private bool _isOn;
    private bool _isDrawing;
    private bool _hasFailed;

    /// <param name="registry">The queues.</param>
    /// <param name="describe">Returns the state of the queues.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where failures are logged.</param>
    public LiveFeed(JobQueueRegistry registry, Func<LiveReport> describe, TimeProvider time, ILogger logger)
    {
        (_registry, _describe, _time, _logger) = (registry, describe, time, logger);
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(
                static feed => ((LiveFeed)feed!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The places of the viewers.</summary>
    public ViewerPlaces Places { get; } = new();

    /// <summary>The latest broadcast. Its frame is null until the first frame has been drawn.</summary>
    public LiveBeat Latest => _latest;

    /// <summary>Switches the feed on for a viewer that has taken its place.</summary>
    public void Join()
    {
        lock (_lock)
        {
            SwitchOnLocked();
        }
        if (_latest.Frame is null)
        {
            Draw();
        }
    }

    /// <summary>
    /// Called when a viewer has released its place. The last viewer switches the feed off, unless running jobs are
    /// recorded.
    /// </summary>
    public void Leave()
    {
        lock (_lock)
        {
            SwitchOffIfUnusedLocked();
        }
    }

    /// <summary>Records running jobs for a minute from now on, after a request for their list.</summary>
    public void RecordRunningJobs()
    {
        lock (_lock)
        {
            _recordingEndsAt = _time.GetTimestamp() + (long)(RecordingTime.TotalSeconds * _time.TimestampFrequency);
            SwitchOnLocked();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        lock (_lock)
        {
            SwitchOffIfUnusedLocked();
            if (!_isOn)
            {
                return;
            }
            // Queues may have been added since the last tick.
            WatchRunningLocked(true);
        }
        if (Places.Count > 0)
        {
            Draw();
        }
    }

    /// <summary>Draws a frame, unless another thread draws one at the moment, and publishes it if it is new.</summary>
    private void Draw()
    {
        LiveFrame? before;
        long version;
        lock (_lock)
        {
            if (_isDrawing || !_isOn)
            {
                return;
            }
            _isDrawing = true;
            (before, version) = (_latest.Frame, ++_version);
        }
        LiveFrame? frame = null;
        try
        {
            frame = LiveFrame.Draw(_describe(), version, before);
        }
        catch (Exception exception)
        {
            // Code of other packages, which may throw, converts their settings to text. The viewers keep the last
            // frame.
            LogFailure(exception);
        }
        Publish(frame);
    }

    private void Publish(LiveFrame? frame)
    {
        LiveBeat former;
        LiveBeat next;
        lock (_lock)
        {
            _isDrawing = false;
            former = _latest;
            if (!_isOn || frame is null
                || !(former.Frame is null || frame.HasChanged || _time.GetElapsedTime(_sentAt) >= Heartbeat))
            {
                return;
            }
            _hasFailed = false;
            _latest = next = new LiveBeat(frame);
            _sentAt = _time.GetTimestamp();
        }
        former.Follow(next);
    }

    private void SwitchOnLocked()
    {
        WatchRunningLocked(true);
        if (_isOn)
        {
            return;
        }
        _isOn = true;
        _timer.Change(Interval, Interval);
    }

    private void SwitchOffIfUnusedLocked()
    {
        if (!_isOn || Places.Count > 0 || _time.GetTimestamp() < _recordingEndsAt)
        {
            return;
        }
        _isOn = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        WatchRunningLocked(false);
        _latest = new LiveBeat(null);
    }

    private void WatchRunningLocked(bool watched)
    {
        foreach (var queue in _registry.Queues.Current.Queues)
        {
            queue.ListsRunning = watched;
        }
    }

    private void LogFailure(Exception exception)
    {
        if (!_hasFailed)
        {
            _hasFailed = true;
            LogFailed(_logger, exception);
        }
    }

    [LoggerMessage(EventId = 82, EventName = "LiveFeedFailed", Level = LogLevel.Error,
        Message = "The state of the queues could not be sent to the open dashboards. " +
            "They still show the previous state.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
