using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace PostDemo;

/// <summary>The data that the page shows, at one moment.</summary>
/// <param name="Books">The counts.</param>
/// <param name="Campaign">The campaign that runs, or the last one; null before the first.</param>
/// <param name="CampaignPosts">The number of posts of the next campaign.</param>
/// <param name="RestartSeconds">The seconds from the end of the process that runs the jobs until it is started
/// again.</param>
internal sealed record LiveView(Books Books, CampaignView? Campaign, int CampaignPosts, double RestartSeconds);

/// <summary>
/// Sends snapshots to all open pages, several times a second while the data changes. Does nothing without viewers.
/// </summary>
internal sealed class LiveFeed(
    Counter counter, Campaigns campaigns, IOptionsMonitor<CampaignOptions> campaign,
    IOptionsMonitor<WorkerOptions> worker, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<LiveFeed> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);

    private readonly Lock _lock = new();
    private readonly HashSet<Channel<string>> _viewers = [];
    private string _latest = "";

    /// <summary>Returns the snapshots for one viewer, until the viewer leaves or the server stops.</summary>
    public async IAsyncEnumerable<string> WatchAsync([EnumeratorCancellation] CancellationToken gone)
    {
        // A slow viewer misses snapshots, but never gets an outdated one.
        var viewer = Channel.CreateBounded<string>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        using var onGone = gone.UnsafeRegister(
            static channel => ((Channel<string>)channel!).Writer.TryComplete(), viewer);
        // An open page must not delay the stop of the server.
        using var onStopping = lifetime.ApplicationStopping.UnsafeRegister(
            static channel => ((Channel<string>)channel!).Writer.TryComplete(), viewer);
        lock (_lock)
        {
            _viewers.Add(viewer);
            // The next snapshot is sent to all viewers, even if it has not changed.
            _latest = "";
        }
        try
        {
            await foreach (var picture in viewer.Reader.ReadAllAsync(CancellationToken.None))
                yield return picture;
        }
        finally
        {
            lock (_lock)
                _viewers.Remove(viewer);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            lock (_lock)
            {
                if (_viewers.Count == 0)
                    continue;
            }
            try
            {
                Send(await DrawAsync());
            }
            catch (Exception exception) when (Counter.IsFailure(exception))
            {
                log.FileIsAway(exception.Message);
            }
        }
    }

    private async Task<string> DrawAsync()
    {
        var view = new LiveView(
            await counter.ReadAsync(),
            campaigns.Look(),
            campaign.CurrentValue.Posts,
            worker.CurrentValue.RestartAfter.TotalSeconds);
        return JsonSerializer.Serialize(view, JsonSerializerOptions.Web);
    }

    private void Send(string picture)
    {
        lock (_lock)
        {
            if (picture == _latest)
                return;
            _latest = picture;
            foreach (var viewer in _viewers)
                viewer.Writer.TryWrite(picture);
        }
    }
}
