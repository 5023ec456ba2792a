using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace PostDemo;

/// <summary>Sends many posts to the front's own address, over real HTTP. One campaign at a time.</summary>
internal sealed class Campaigns(
    IOptionsMonitor<CampaignOptions> options, OwnAddress address, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private CampaignTally? _latest;

    /// <summary>Returns the campaign that is running, or the last one, or null before the first.</summary>
    public CampaignView? Look() => Volatile.Read(ref _latest)?.Look();

    /// <summary>Starts a campaign in the background.</summary>
    /// <returns>False if one is still running.</returns>
    public bool TryStart()
    {
        var campaign = options.CurrentValue;
        var front = address.Find();
        CampaignTally tally;
        lock (_lock)
        {
            if (_latest is { IsRunning: true })
                return false;
            _latest = tally = new CampaignTally((_latest?.Number ?? 0) + 1, campaign.Posts, time);
        }
        _ = RunAsync(tally, front, campaign.AtOnce, lifetime.ApplicationStopping);
        return true;
    }

    private async Task RunAsync(CampaignTally tally, Uri front, int atOnce, CancellationToken stopping)
    {
        // Yields, so that the request of the button does not wait for the posts.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = atOnce };
            using var client = new HttpClient(handler) { BaseAddress = front };
            await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => PostAsync(client, tally, stopping)));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The front closes, and the campaign ends with it.
        }
        finally
        {
            tally.End();
        }
    }

    private async Task PostAsync(HttpClient client, CampaignTally tally, CancellationToken stopping)
    {
        while (tally.TryNext(out var post))
        {
            var text = $"Post {post} of campaign {tally.Number}";
            // A 503 says that nothing was stored, so the post is sent again.
            while (await SendAsync(client, text, tally, stopping) is { } pause)
                await Task.Delay(pause, time, stopping);
        }
    }

    /// <returns>How long to wait before the post is sent again; null if the answer is final.</returns>
    private static async Task<TimeSpan?> SendAsync(
        HttpClient client, string text, CampaignTally tally, CancellationToken stopping)
    {
        try
        {
            using var answer = await client.PostAsJsonAsync("/posts", new NewPost(text), stopping);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                tally.CountAgain();
                return PauseOf(answer.Headers.RetryAfter);
            }
            tally.Count(isAccepted: answer.StatusCode == HttpStatusCode.Accepted);
        }
        catch (HttpRequestException)
        {
            tally.Count(isAccepted: false);
        }
        return null;
    }

    private static TimeSpan PauseOf(RetryConditionHeaderValue? asked) =>
        asked?.Delta is { } pause && pause < MaxPause ? pause : MaxPause;
}
