using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Uploads;

/// <summary>
/// Starts a server for uploads. Its endpoint <c>/queued/…</c> has a queue, and <c>/open/…</c> has none. Both return the
/// hash of the bytes that they have read.
/// </summary>
internal static class UploadServer
{
    public static Task<LoopbackServer> StartAsync(
        Action<RequestQueueOptions>? line = null,
        Action<KestrelServerOptions>? kestrel = null,
        FakeTimeProvider? time = null,
        WatchedBodies? bodies = null) => LoopbackServer.StartAsync(
        map: app =>
        {
            if (bodies is not null)
                app.Use(bodies.WatchAsync);
            app.MapPost("/queued/{name}", HashAsync).WithQueue(LoopbackServer.Line);
            app.MapPost("/open/{name}", HashAsync);
            app.MapGet("/open/{name}", () => "small");
        },
        build: builder =>
        {
            if (time is not null)
                builder.Services.AddSingleton<TimeProvider>(time);
        },
        line: line,
        kestrel: kestrel);

    private static async Task HashAsync(HttpContext context)
    {
        var hash = await UploadContent.HashAsync(context.Request.Body, context.RequestAborted);
        await context.Response.WriteAsync(hash, context.RequestAborted);
    }
}
