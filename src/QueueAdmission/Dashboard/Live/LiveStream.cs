using System.Buffers;
using System.IO.Pipelines;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission;

/// <summary>Answers a request with the stream of states (server-sent events).</summary>
/// <remarks>
/// The first event, <c>hello</c>, describes the process and the permissions of the user. The next event
/// contains the whole state. Each later event contains what has changed since the previous event of this viewer. The id
/// of an event is the server's time as Unix milliseconds, from which the page computes ages. Viewers that received the
/// same previous event share the bytes of the next one.
/// </remarks>
internal sealed class LiveStream(LiveFeed feed, TimeProvider time, CancellationToken stopping)
{
    /// <summary>
    /// The longest time of one stream. Then the browser connects again, and authorization is checked again.
    /// </summary>
    private static readonly TimeSpan MaxStreamTime = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The number of bytes of a message that are written at once. It bounds the memory that the server holds for one
    /// viewer.
    /// </summary>
    private const int ChunkSize = 32 * 1024;

    /// <summary>
    /// Streams until the client leaves, the longest time of a stream is over, or the server stops. If no place is free
    /// for the viewer, the answer is a problem (RFC 9457).
    /// </summary>
    public async Task ServeAsync(HttpContext context, SteeringReport steering)
    {
        var (address, user) = (ClientIpKey.Of(context) ?? "", UserKey.Of(context) ?? NameOf(context.User));
        var admission = feed.Places.TryTake(address, user);
        if (admission != ViewerAdmission.Admitted)
        {
            await RefuseAsync(context, admission);
            return;
        }
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            feed.Join();
            await SendAsync(context, steering, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has left, or the application stops.
        }
        finally
        {
            feed.Places.Release(address, user);
            feed.Leave();
        }
    }

    private async Task SendAsync(HttpContext context, SteeringReport steering, CancellationToken end)
    {
        context.Features.Find<IHttpResponseBodyFeature>()?.DisableBuffering();
        SafeHeaders.SetForData(context.Response);
        context.Response.ContentType = "text/event-stream";
        // Without this header, nginx and similar proxies buffer the answer.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var body = context.Response.BodyWriter;
        Greet(body, steering);
        var began = time.GetTimestamp();
        var known = 0L;
        var beat = feed.Latest;
        while (true)
        {
            if (beat.Frame is { } frame)
            {
                await WriteAsync(body, frame.MessageSince(known), end);
                known = frame.Version;
            }
            if (time.GetElapsedTime(began) >= MaxStreamTime)
            {
                return;
            }
            await beat.Next.WaitAsync(end);
            // A slow viewer misses frames, but never gets an old one.
            beat = feed.Latest;
        }
    }

    /// <summary>
    /// Returns the name of a signed-in user. Windows authentication, for example, provides a name but no identifier.
    /// </summary>
    private static string? NameOf(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : null;

    private static void Greet(PipeWriter body, SteeringReport steering)
    {
        var greeting = new LiveGreeting { Instance = Instance.Current, Steering = steering };
        body.Write("event: hello\ndata: "u8);
        body.Write(JsonSerializer.SerializeToUtf8Bytes(greeting, ReportJson.Default.LiveGreeting));
        body.Write("\n\n"u8);
    }

    private async Task WriteAsync(PipeWriter body, byte[] state, CancellationToken end)
    {
        Utf8.TryWrite(body.GetSpan(64), $"id: {time.GetUtcNow().ToUnixTimeMilliseconds()}\ndata: ", out var length);
        body.Advance(length);
        var written = 0;
        while (state.Length - written > ChunkSize)
        {
            await body.WriteAsync(state.AsMemory(written, ChunkSize), end);
            written += ChunkSize;
        }
        body.Write(state.AsSpan(written));
        body.Write("\n\n"u8);
        await body.FlushAsync(end);
    }

    private static Task RefuseAsync(HttpContext context, ViewerAdmission admission)
    {
        var (status, title, detail) = admission == ViewerAdmission.Full
            ? (StatusCodes.Status503ServiceUnavailable, "Too many pages are open",
                $"{ViewerPlaces.Max:N0} pages show the queues of this instance at the moment, which is the limit. "
                + "Close one, or read the report as JSON.")
            : (StatusCodes.Status429TooManyRequests, "This client has too many pages open",
                $"One address may have {ViewerPlaces.MaxPerAddress} pages open, "
                + $"and one signed-in user {ViewerPlaces.MaxPerUser}. Close one, or read the report as JSON.");
        return ReportWriter.WriteAsync(
            context, new DashboardProblem(title, status, detail), ReportJson.Default.DashboardProblem, status);
    }
}
