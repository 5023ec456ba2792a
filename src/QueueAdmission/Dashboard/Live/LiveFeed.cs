using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// Draws the state of all queues twice a second, once for all viewers, and tells them when it has changed. Without
/// viewers, the timer is off and nothing is computed.
/// </summary>
/// <remarks>
/// <para>The state is drawn outside of every lock of the feed, and by one thread at a time. A viewer that joins reads
/// the last frame. Only the first viewer has the state drawn, because there is no frame then. So the work does not grow
/// with the number of joins.</para>
/// <para>No wake-up is lost. A drawing that ends takes the lock, and publishes if the feed is on at that moment. A
/// viewer that finds a drawing under way has switched the feed on before, under the same lock. So that drawing
/// publishes its frame to it.</para>
/// </remarks>
internal sealed partial class LiveFeed : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The longest time without a message. Messages show lost connections, and keep proxies from closing the others.
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

    /// <summary>The last sending. It has a frame, unless the first one is still to come.</summary>
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

    /// <summary>A viewer has given its place back. The last one switches the feed off.</summary>
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
            // Queues may have been added.
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
            // Settings of other packages are shown by their own code. The viewers keep the frame that they have.
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
        Message = "The state of the queues could not be drawn for open dashboards. They show the state from before.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
