using Microsoft.AspNetCore.Server.Kestrel.Core;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Uploads;

/// <summary>Configures a server to end slow uploads early, and waits until it has had enough time to do so.</summary>
internal static class SlowUploads
{
    public static void AreEnded(KestrelServerOptions kestrel) =>
        kestrel.Limits.MinRequestBodyDataRate =
            new MinDataRate(bytesPerSecond: 10_000, gracePeriod: TimeSpan.FromSeconds(1.1));

    /// <summary>
    /// Uses the server as a clock: starts an upload that is read and then stalls, and waits until the server ends it.
    /// Every earlier upload has had at least as much time.
    /// </summary>
    public static async Task UntilOneWasEndedAsync(LoopbackServer server, int httpVersion, WatchedBodies bodies)
    {
        var stalled = new Gate();
        using var client = server.NewClient(new Version(httpVersion, httpVersion == 1 ? 1 : 0));
        var slow = client.PostAsync("/open/slow", new StalledContent(stalled), TestContext.Current.CancellationToken);
        await bodies.UntilFailedAsync("/open/slow");
        stalled.Open();
        await Task.WhenAny(slow).WithinPatience();
    }
}
