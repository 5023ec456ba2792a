using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>
/// Raises the number of streams of an HTTP/2 connection, so that waiting requests leave streams to other requests.
/// </summary>
/// <remarks>
/// <para>A request that waits occupies a stream. Kestrel allows 100 streams on a connection by default, and a queue
/// with default settings holds 116 requests. If all of them arrive over one connection, for example from a gateway, no
/// stream is left for health checks and for endpoints without a queue.</para>
/// <para>The memory that a client can occupy grows with the limit, as it does with every further connection. Each
/// stream takes the headers (32 KB at most) and the objects of the request. Unread bodies are limited by the window of
/// the connection, which does not change. Kestrel closes connections that open and reset streams in quick succession.
/// It tracks up to twice the limit.</para>
/// </remarks>
internal static partial class Http2StreamLimit
{
    /// <summary>
    /// The highest limit that is set automatically. It is the default of Envoy, and leaves room for large queues.
    /// </summary>
    public const int Max = 1_024;

    /// <summary>
    /// Kestrel's default. This number of streams is left to requests that neither wait nor run in a queue.
    /// </summary>
    private const int KestrelDefault = 100;

    /// <summary>
    /// Raises the limit by the number of requests that all queues together can hold. A limit that the application has
    /// changed stays as it is.
    /// </summary>
    /// <remarks>
    /// The method is called before the server listens. Kestrel reads the limit for each new connection.
    /// </remarks>
    public static void Raise(IServiceProvider services, IEnumerable<RequestQueue> queues, ILogger logger)
    {
        // With another server, such as a test server, the application's options for Kestrel may be invalid.
        if (services.GetService<IServer>()?.GetType().Assembly != typeof(KestrelServerOptions).Assembly)
        {
            return;
        }
        var limits = services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.Http2;
        if (limits.MaxStreamsPerConnection != KestrelDefault)
        {
            return;
        }
        var requests = queues.Sum(queue => RequestsIn(queue.Settings.Engine));
        limits.MaxStreamsPerConnection = (int)Math.Min(Max, KestrelDefault + requests);
        LogRaised(logger, KestrelDefault, limits.MaxStreamsPerConnection);
    }

    private static long RequestsIn(JobQueueOptions settings) =>
        (settings.AdaptiveWorkers ? settings.MaxWorkers : settings.Workers) + settings.Places;

    [LoggerMessage(EventId = 39, EventName = "StreamLimitRaised", Level = LogLevel.Debug,
        Message = "Kestrel's Limits.Http2.MaxStreamsPerConnection was raised from {Before} to {After}, " +
            "so that waiting requests leave streams of their connection to other requests.")]
    private static partial void LogRaised(ILogger logger, int before, int after);
}
