using System.Collections.Concurrent;
using System.Text.Json;

namespace QueueAdmission;

/// <summary>
/// The state of all queues at one moment, serialised once for all viewers. A frame never changes.
/// </summary>
/// <remarks>
/// For each queue, a frame keeps the serialised bytes and the version of the frame in which these bytes last changed. A
/// message therefore contains only the queues that have changed since the version that its viewer knows. Each distinct
/// message is composed once for each frame: one for newcomers, one for the viewers that know the previous frame, and
/// one for each earlier version that a slow viewer knows.
/// </remarks>
internal sealed class LiveFrame
{
    private readonly Part[] _queues;
    private readonly Part _lastReload;
    private readonly Part _names;
    private readonly Part _defaults;
    private readonly Part _outage;
    private readonly Part _deferred;
    private readonly ConcurrentDictionary<long, Lazy<byte[]>> _messages = new();

    private LiveFrame(
        long version, Part[] queues, Part lastReload, Part names, Part defaults, Part outage, Part deferred) =>
        (Version, _queues, _lastReload, _names, _defaults, _outage, _deferred) =
            (version, queues, lastReload, names, defaults, outage, deferred);

    /// <summary>The number of the frame. A later frame has a greater number.</summary>
    public long Version { get; }

    /// <summary>Whether anything differs from the previous frame.</summary>
    public bool HasChanged =>
        _lastReload.ChangedIn == Version || _names.ChangedIn == Version || _outage.ChangedIn == Version
        || _deferred.ChangedIn == Version
        || _queues.Any(part => part.ChangedIn == Version);

    /// <summary>Serialises the state.</summary>
    /// <param name="report">The state.</param>
    /// <param name="version">The number of the new frame.</param>
    /// <param name="before">The previous frame; null if there is none.</param>
    public static LiveFrame Draw(LiveReport report, long version, LiveFrame? before)
    {
        // A queue keeps its index as long as no queue is added.
        var queues = report.Queues
            .Select((queue, i) => Make(Json(queue), before?._queues.ElementAtOrDefault(i)))
            .ToArray();
        string[] names = [.. report.Queues.Select(queue => queue.Name)];
        return new LiveFrame(
            version,
            queues,
            Make(
                JsonSerializer.SerializeToUtf8Bytes(report.LastReload, ReportJson.Default.ReloadReport),
                before?._lastReload),
            Make(JsonSerializer.SerializeToUtf8Bytes(names, ReportJson.Default.StringArray), before?._names),
            Make(
                JsonSerializer.SerializeToUtf8Bytes(report.Defaults, ReportJson.Default.IReadOnlyListSettingReport),
                before?._defaults),
            Make(
                JsonSerializer.SerializeToUtf8Bytes(report.ClusterOutage, ReportJson.Default.ClusterOutageReport),
                before?._outage),
            Make(
                JsonSerializer.SerializeToUtf8Bytes(report.Deferred, ReportJson.Default.DeferredReport),
                before?._deferred));

        Part Make(byte[] bytes, Part? former) =>
            former is not null && bytes.AsSpan().SequenceEqual(former.Bytes) ? former : new Part(bytes, version);

        static byte[] Json(QueueStatus queue) =>
            JsonSerializer.SerializeToUtf8Bytes(queue, ReportJson.Default.QueueStatus);
    }

    /// <summary>
    /// Returns the JSON for a viewer that knows the frame <paramref name="version"/>. The version is 0 if it knows
    /// none.
    /// </summary>
    public byte[] MessageSince(long version) => _messages
        .GetOrAdd(version, static (known, frame) => new Lazy<byte[]>(() => frame.Compose(known)), this).Value;

    private byte[] Compose(long known)
    {
        using var message = new MemoryStream();
        message.Write("{\"lastReload\":"u8);
        message.Write(_lastReload.Bytes);
        if (_names.ChangedIn > known)
        {
            message.Write(",\"names\":"u8);
            message.Write(_names.Bytes);
        }
        if (_defaults.ChangedIn > known)
        {
            message.Write(",\"defaults\":"u8);
            message.Write(_defaults.Bytes);
        }
        if (_outage.ChangedIn > known)
        {
            message.Write(",\"clusterOutage\":"u8);
            message.Write(_outage.Bytes);
        }
        if (_deferred.ChangedIn > known)
        {
            message.Write(",\"deferred\":"u8);
            message.Write(_deferred.Bytes);
        }
        message.Write(",\"queues\":["u8);
        var isFirst = true;
        foreach (var part in _queues)
        {
            if (part.ChangedIn <= known)
            {
                continue;
            }
            message.Write(isFirst ? default : ","u8);
            message.Write(part.Bytes);
            isFirst = false;
        }
        message.Write("]}"u8);
        return message.ToArray();
    }

    /// <param name="Bytes">A piece of JSON.</param>
    /// <param name="ChangedIn">The version of the first frame that has it.</param>
    private sealed record Part(byte[] Bytes, long ChangedIn);
}
