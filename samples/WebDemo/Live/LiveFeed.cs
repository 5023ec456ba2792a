using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace WebDemo;

/// <summary>
/// Sends snapshots to all open pages, ten times a second while the data changes. One timer serves all viewers, and
/// stops without viewers.
/// </summary>
/// <typeparam name="TView">The type of a snapshot.</typeparam>
internal sealed class LiveFeed<TView> : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly HashSet<Channel<string>> _viewers = [];
    private readonly ITimer _timer;
    private readonly CancellationToken _stopping;
    private readonly Func<TView> _look;
    private string _latest = "";

    public LiveFeed(Func<TView> look, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        _look = look;
        // An open page must not delay the stop of the server.
        _stopping = lifetime.ApplicationStopping;
        _timer = time.CreateTimer(_ => SendIfChanged(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Returns the snapshots for one viewer, the first one at once, until the viewer leaves or the server stops.
    /// </summary>
    public async IAsyncEnumerable<string> WatchAsync([EnumeratorCancellation] CancellationToken gone)
    {
        // A slow viewer misses snapshots, but never gets an outdated one.
        var viewer = Channel.CreateBounded<string>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        using var onGone = gone.UnsafeRegister(
            static channel => ((Channel<string>)channel!).Writer.TryComplete(), viewer);
        using var onStopping = _stopping.UnsafeRegister(
            static channel => ((Channel<string>)channel!).Writer.TryComplete(), viewer);
        Join(viewer);
        try
        {
            await foreach (var picture in viewer.Reader.ReadAllAsync(CancellationToken.None))
                yield return picture;
        }
        finally
        {
            Leave(viewer);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Join(Channel<string> viewer)
    {
        lock (_lock)
        {
            viewer.Writer.TryWrite(Draw());
            if (_viewers.Add(viewer) && _viewers.Count == 1)
                _timer.Change(Interval, Interval);
        }
    }

    private void Leave(Channel<string> viewer)
    {
        lock (_lock)
        {
            if (_viewers.Remove(viewer) && _viewers.Count == 0)
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void SendIfChanged()
    {
        lock (_lock)
        {
            var picture = Draw();
            if (picture == _latest)
                return;
            _latest = picture;
            foreach (var viewer in _viewers)
                viewer.Writer.TryWrite(picture);
        }
    }

    private string Draw() => JsonSerializer.Serialize(_look(), JsonSerializerOptions.Web);
}
