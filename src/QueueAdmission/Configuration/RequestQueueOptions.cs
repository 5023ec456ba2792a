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

    internal override IEnumerable<(string Key, string Message)> FindOwnErrors()
    {
        if (RejectionStatusCode is < 400 or > 599)
            yield return (nameof(RejectionStatusCode), string.Create(CultureInfo.InvariantCulture, $"is {RejectionStatusCode}; allowed: 400 to 599."));
        if (ReleaseOn is { } release && !Enum.IsDefined(release))
            yield return (nameof(ReleaseOn), string.Create(CultureInfo.InvariantCulture, $"is {(int)release}; allowed: End, ResponseStart."));
    }
}
