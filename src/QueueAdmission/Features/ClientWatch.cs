using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission;

/// <summary>
/// Detects that the client of a request leaves while the request holds a worker. Only requests that waited are watched.
/// The work is wasted then, and the queue learns from it: see <see cref="JobQueueOptions.AdaptiveMaxWait"/>.
/// </summary>
/// <remarks>
/// <para>The sign is <see cref="HttpContext.RequestAborted"/>, which also ends the wait. A middleware in front may have
/// put a token of its own in its place, such as the framework's request timeouts. An answer after such a timeout is as
/// useless as one after the client has left, so both count.</para>
/// <para>A client that leaves after the response has started got what it waited for, for example the beginning of a
/// stream. Nothing was too late then.</para>
/// <para>The callback runs on a thread of the server, at the same time as the handler. So it touches nothing but the
/// feature that was looked up before, and its own fields.</para>
/// </remarks>
internal sealed class ClientWatch
{
    private const long Never = long.MinValue;

    private readonly JobQueue _queue;
    private readonly string? _key;
    private readonly long _waited;
    private readonly long _startedAt;
    private readonly IHttpResponseFeature? _response;
    private CancellationTokenRegistration _registration;
    private long _leftAt = Never;

    private ClientWatch(JobQueue queue, string? key, long waited, IHttpResponseFeature? response)
    {
        _queue = queue;
        _key = key;
        _waited = waited;
        _response = response;
        _startedAt = queue.Time.GetTimestamp();
    }

    /// <summary>Begins to watch the client of a request that has just got its worker.</summary>
    /// <param name="context">The request.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="key">The key of the request.</param>
    /// <param name="waited">How long it waited, in ticks of the queue's clock.</param>
    public static ClientWatch Begin(HttpContext context, JobQueue queue, string? key, long waited)
    {
        var watch = new ClientWatch(queue, key, waited, context.Features.Find<IHttpResponseFeature>());
        watch._registration = context.RequestAborted.UnsafeRegister(
            static state => ((ClientWatch)state!).OnLeft(), watch);
        return watch;
    }

    /// <summary>The request gives its worker back. Called once.</summary>
    public void End()
    {
        // Callbacks run in the reverse order of their registration. That of the handler may have ended the handler
        // before the one here had its turn.
        if (_registration.Unregister() && _registration.Token.IsCancellationRequested)
        {
            OnLeft();
        }
        var leftAt = Volatile.Read(ref _leftAt);
        if (leftAt != Never)
        {
            _queue.ReportWasted(_key, _waited, _waited + Math.Max(0, leftAt - _startedAt));
        }
    }

    private void OnLeft()
    {
        try
        {
            if (_response is not { HasStarted: true })
            {
                Volatile.Write(ref _leftAt, _queue.Time.GetTimestamp());
            }
        }
        // The feature is the server's or a middleware's. An exception here would end the cancellation of all others.
#pragma warning disable CA1031
        catch (Exception)
#pragma warning restore CA1031
        {
            // Whether the client left in time is unknown, so nothing is learned from it.
        }
    }
}
