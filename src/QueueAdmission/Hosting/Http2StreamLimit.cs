using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>Keeps streams of an HTTP/2 connection free for other requests while requests wait on it.</summary>
/// <remarks>
/// <para>A request that waits occupies a stream. Kestrel allows 100 streams on a connection by default, and a queue
/// with default settings holds 116 requests. When they come over one connection, as from a gateway, no health check and
/// no endpoint without a queue gets through.</para>
/// <para>What a client can make the server hold grows with the limit, as it grows with every further connection. Per
/// stream these are the headers (32 KB at most) and the request's objects. Unread bodies are bounded by the
/// connection's window, which stays. Kestrel closes connections that open and reset streams in quick succession; it
/// tracks up to twice the limit.</para>
/// </remarks>
internal static partial class Http2StreamLimit
{
    /// <summary>
    /// The highest limit that is set without being asked for: the default of Envoy, which leaves room for large queues.
    /// </summary>
    public const int Max = 1_024;

    /// <summary>Kestrel's default. So many streams are left to requests that neither wait nor run in a queue.</summary>
    private const int KestrelDefault = 100;

    /// <summary>
    /// Raises the limit so that the requests that all queues hold fit beside others. A limit that the application
    /// changed stays.
    /// </summary>
    /// <remarks>Called before the server listens. Kestrel reads the limit for each new connection.</remarks>
    public static void Raise(IServiceProvider services, IEnumerable<AdmissionQueue> queues, ILogger logger)
    {
        // Under another server, a test server above all, the application's options for Kestrel may not even be valid.
        if (services.GetService<IServer>()?.GetType().Assembly != typeof(KestrelServerOptions).Assembly)
            return;
        var limits = services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.Http2;
        if (limits.MaxStreamsPerConnection != KestrelDefault)
            return;
        limits.MaxStreamsPerConnection = (int)Math.Min(Max, KestrelDefault + queues.Sum(queue => RequestsIn(queue.Settings.Engine)));
        LogRaised(logger, KestrelDefault, limits.MaxStreamsPerConnection);
    }

    private static long RequestsIn(JobQueueOptions settings) =>
        (settings.AdaptiveWorkers ? settings.MaxWorkers : settings.Workers) + ((long)settings.Partitions * settings.PartitionCapacity);

    [LoggerMessage(EventId = 39, EventName = "StreamLimitRaised", Level = LogLevel.Debug,
        Message = "Kestrel's Limits.Http2.MaxStreamsPerConnection was raised from {Before} to {After}, so that requests that wait leave streams of their connection to others.")]
    private static partial void LogRaised(ILogger logger, int before, int after);
}
