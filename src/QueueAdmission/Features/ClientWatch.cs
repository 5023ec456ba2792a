using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission;

/// <summary>
/// Detects that the client of a request leaves while the request holds a worker. Only requests that waited are watched.
/// If the client leaves, the work is wasted, and the queue learns from it: see
/// <see cref="JobQueueOptions.AdaptiveMaxWait"/>.
/// </summary>
/// <remarks>
/// <para>The client has left when <see cref="HttpContext.RequestAborted"/> is cancelled. The same token also ends the
/// wait. A middleware in front may have replaced the token, such as the framework's request timeouts. An answer after
/// such a timeout is as useless as an answer after the client has left, so both count.</para>
/// <para>A client that leaves after the response has started does not count. It got what it waited for, for example the
/// beginning of a stream.</para>
/// <para>The callback runs on a thread of the server, concurrently with the handler. It therefore uses only the fields
/// of this object, among them a feature that was looked up earlier.</para>
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

    /// <summary>Starts to watch the client of a request that has just got its worker.</summary>
    /// <param name="context">The request.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="key">The key of the request.</param>
    /// <param name="waited">How long the request waited, in ticks of the queue's clock.</param>
    public static ClientWatch Begin(HttpContext context, JobQueue queue, string? key, long waited)
    {
        var watch = new ClientWatch(queue, key, waited, context.Features.Find<IHttpResponseFeature>());
        watch._registration = context.RequestAborted.UnsafeRegister(
            static state => ((ClientWatch)state!).OnLeft(), watch);
        return watch;
    }

    /// <summary>
    /// Ends the watch, and reports the work as wasted if the client has left. Called once, when the worker is released.
    /// </summary>
    public void End()
    {
        // Callbacks run in the reverse order of their registration. A callback of the handler may have ended the
        // handler before the callback of this object has run.
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
        // The feature belongs to the server or a middleware, and may throw. The exception must not reach the code that
        // cancels the token.
#pragma warning disable CA1031
        catch (Exception)
#pragma warning restore CA1031
        {
            // It is unknown whether the response has started, so the queue learns nothing.
        }
    }
}
