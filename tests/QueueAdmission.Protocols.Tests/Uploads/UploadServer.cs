using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Uploads;

/// <summary>
/// A server for uploads: at <c>/queued/…</c> behind the queue, at <c>/open/…</c> without a queue. It answers with the
/// hash of the bytes that it has read.
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
