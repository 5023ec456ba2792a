using System.Globalization;

namespace QueueAdmission;

/// <summary>The settings of a queue for HTTP requests: those of every queue, and how it answers.</summary>
public sealed class RequestQueueOptions : JobQueueOptions
{
    /// <summary>The status of a rejection. Default 503; range 400 to 599.</summary>
    public int RejectionStatusCode { get; set; } = 503;

    /// <summary>
    /// When a request gives its worker back. Default null: <see cref="ReleaseOn.ResponseStart"/> for hubs and WebSocket upgrades, where the queue guards
    /// connecting, and <see cref="ReleaseOn.End"/> for everything else.
    /// </summary>
    public ReleaseOn? ReleaseOn { get; set; }

    internal override IEnumerable<SettingError> FindOwnErrors()
    {
        if (RejectionStatusCode is < 400 or > 599)
            yield return new(nameof(RejectionStatusCode), RejectionStatusCode.ToString(CultureInfo.InvariantCulture), "400 to 599");
        if (ReleaseOn is { } release && !Enum.IsDefined(release))
            yield return new(nameof(ReleaseOn), ((int)release).ToString(CultureInfo.InvariantCulture), "End, ResponseStart");
    }
}
