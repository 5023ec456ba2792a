using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission;

/// <summary>
/// Sends the state of all queues to all viewers, twice a second while it changes. One timer serves all viewers, and the
/// state is serialised once for all of them. Without viewers, the timer is off and nothing is computed.
/// </summary>
internal sealed class LiveFeed : IDisposable
{
    /// <summary>The maximum number of viewers. Each viewer holds a connection.</summary>
    public const int MaxViewers = 1_000;

    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The longest time without a message. Messages show lost connections, and keep proxies from closing the others.
    /// </summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The longest time of one stream. After it, the browser connects again, and authorization is checked again.
    /// </summary>
    private static readonly TimeSpan MaxStreamTime = TimeSpan.FromMinutes(30);

    /// <summary>How long running jobs are recorded after a request for their list.</summary>
    private static readonly TimeSpan RecordingTime = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Channel<byte[]>, long> _viewers = [];
    private readonly JobQueueRegistry _registry;
    private readonly QueueReporter _reporter;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private readonly ITimer _timer;
    private byte[] _state = [];
    private long _sentAt;
    private long _recordingEndsAt;
    private bool _isTicking;

    public LiveFeed(JobQueueRegistry registry, QueueReporter reporter, TimeProvider time, CancellationToken stopping)
    {
        _registry = registry;
        _reporter = reporter;
        _time = time;
        _stopping = stopping;
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(
                static feed => ((LiveFeed)feed!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>
    /// Answers with the stream of states. It ends when the client leaves, after the longest time of a stream, or when
    /// the server stops.
    /// </summary>
    public async Task ServeAsync(HttpContext context)
    {
        // A slow viewer misses states, but it never gets an old one.
        var viewer = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        if (!TryJoin(viewer))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        try
        {
            context.Features.Find<IHttpResponseBodyFeature>()?.DisableBuffering();
            SafeHeaders.SetForData(context.Response);
            context.Response.ContentType = "text/event-stream";
            // Without this header, nginx and similar proxies buffer the answer.
            context.Response.Headers["X-Accel-Buffering"] = "no";
            await foreach (var message in viewer.Reader.ReadAllAsync(end.Token))
            {
                await context.Response.Body.WriteAsync(message, end.Token);
                await context.Response.Body.FlushAsync(end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has left, or the application stops.
        }
        finally
        {
            Leave(viewer);
        }
    }

    /// <summary>Records running jobs for a minute from now on, after a request for their list.</summary>
    public void RecordRunningJobs()
    {
        lock (_lock)
        {
            _recordingEndsAt = _time.GetTimestamp() + (long)(RecordingTime.TotalSeconds * _time.TimestampFrequency);
            StartLocked();
        }
    }

    public void Dispose() => _timer.Dispose();

    private bool TryJoin(Channel<byte[]> viewer)
    {
        lock (_lock)
        {
            if (_viewers.Count >= MaxViewers)
            {
                return false;
            }
            _viewers.Add(viewer, _time.GetTimestamp());
            StartLocked();
            if (DrawLocked())
            {
                SendLocked();
            }
            else
            {
                viewer.Writer.TryWrite(MessageLocked());
            }
            return true;
        }
    }

    private void Leave(Channel<byte[]> viewer)
    {
        lock (_lock)
        {
            _viewers.Remove(viewer);
            StopIfUnusedLocked();
        }
    }

    private void Tick()
    {
        lock (_lock)
        {
            StopIfUnusedLocked();
            if (!_isTicking)
            {
                return;
            }
            DismissLocked();
            // Queues may have been added.
            WatchRunningLocked(true);
            if (_viewers.Count > 0 && (DrawLocked() || _time.GetElapsedTime(_sentAt) >= Heartbeat))
            {
                SendLocked();
            }
        }
    }

    /// <summary>
    /// Completes the streams that have reached their longest time. Such a viewer leaves after it has read its last
    /// message.
    /// </summary>
    private void DismissLocked()
    {
        foreach (var (viewer, joinedAt) in _viewers)
        {
            if (_time.GetElapsedTime(joinedAt) >= MaxStreamTime)
            {
                viewer.Writer.TryComplete();
            }
        }
    }

    private void SendLocked()
    {
        var message = MessageLocked();
        foreach (var viewer in _viewers.Keys)
        {
            viewer.Writer.TryWrite(message);
        }
        _sentAt = _time.GetTimestamp();
    }

    /// <summary>Serialises the state of all queues.</summary>
    /// <returns>Whether the state has changed.</returns>
    private bool DrawLocked()
    {
        var state = JsonSerializer.SerializeToUtf8Bytes(_reporter.DescribeLive(), ReportJson.Default.LiveReport);
        if (state.AsSpan().SequenceEqual(_state))
        {
            return false;
        }
        _state = state;
        return true;
    }

    private byte[] MessageLocked()
    {
        // The id is the server's time of day. The page needs it to compute ages.
        var id = System.Text.Encoding.ASCII.GetBytes($"id: {_time.GetUtcNow().ToUnixTimeMilliseconds()}\ndata: ");
        return [.. id, .. _state, (byte)'\n', (byte)'\n'];
    }

    private void StartLocked()
    {
        WatchRunningLocked(true);
        if (_isTicking)
        {
            return;
        }
        _isTicking = true;
        _timer.Change(Interval, Interval);
    }

    private void StopIfUnusedLocked()
    {
        if (!_isTicking || _viewers.Count > 0 || _time.GetTimestamp() < _recordingEndsAt)
        {
            return;
        }
        _isTicking = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        WatchRunningLocked(false);
        _state = [];
    }

    private void WatchRunningLocked(bool watched)
    {
        foreach (var queue in _registry.Queues.Current.Queues)
        {
            queue.RunningJobs.AreWatched = watched;
        }
    }
}
