using System.Globalization;

namespace QueueAdmission;

/// <summary>
/// The settings of a queue for HTTP requests: the settings of every queue, and those that depend on a request.
/// </summary>
public sealed class RequestQueueOptions : JobQueueOptions
{
    /// <summary>
    /// The status of a rejection. <see cref="RejectionReason.PartitionFull"/> and
    /// <see cref="RejectionReason.KeyLimit"/> are answered with 429 instead, because only that caller has asked for too
    /// much. Default 503; range 400 to 599.
    /// </summary>
    public int RejectionStatusCode
    {
        get => Get(RequestQueueSettings.RejectionStatusCode);
        set => Set(RequestQueueSettings.RejectionStatusCode, value);
    }

    /// <summary>
    /// When a request releases its worker. Default derived from the kind of request; one of End, ResponseStart.
    /// </summary>
    /// <remarks>
    /// The default is null. It means <see cref="QueueAdmission.ReleaseOn.ResponseStart"/> for hubs and for accepted
    /// WebSocket upgrades, where the queue limits only the opening of connections. For all other requests it means
    /// <see cref="QueueAdmission.ReleaseOn.End"/>.
    /// </remarks>
    public ReleaseOn? ReleaseOn
    {
        get => Get(RequestQueueSettings.ReleaseOn);
        set => Set(RequestQueueSettings.ReleaseOn, value);
    }

    /// <summary>
    /// Which caller a request belongs to, for queues that separate callers. By default, the callers share the workers'
    /// time equally. A request whose caller has no room is refused with <see cref="RejectionReason.PartitionFull"/>,
    /// while requests of others still wait. Default RoundRobin; one of RoundRobin, User, ClientIp, Header:name,
    /// Claim:type, Route:name.
    /// </summary>
    /// <remarks>
    /// With keys, <see cref="JobQueueOptions.Partitions"/> is 64 by default: up to 64 callers take turns at once. After
    /// a live change, requests that already wait keep the key that they had at their arrival.
    /// </remarks>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public PartitionBy PartitionBy
    {
        get => Get(RequestQueueSettings.PartitionBy);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Set(RequestQueueSettings.PartitionBy, value);
        }
    }

    /// <summary>
    /// Where the priority of a request comes from. Default Endpoint; one of Endpoint, Header:name.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public PriorityFrom PriorityFrom
    {
        get => Get(RequestQueueSettings.PriorityFrom);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Set(RequestQueueSettings.PriorityFrom, value);
        }
    }

    /// <summary>
    /// How long a request may take to be answered. It limits the wait in addition to
    /// <see cref="JobQueueOptions.MaxWait"/>. Default None; one of None, RequestTimeout, Header:name.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public DeadlineFrom DeadlineFrom
    {
        get => Get(RequestQueueSettings.DeadlineFrom);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Set(RequestQueueSettings.DeadlineFrom, value);
        }
    }

    /// <summary>
    /// How the dashboard shows the callers with the most requests, for queues that separate callers. Names may be
    /// personal data. Default None; one of None, Hash, Name.
    /// </summary>
    /// <remarks>
    /// The setting has no effect without <see cref="PartitionBy"/>. If it is not <see cref="CallerDisplay.None"/>, each
    /// update of the dashboard counts the requests of all callers under the queue's lock.
    /// </remarks>
    public CallerDisplay ShowCallers
    {
        get => Get(RequestQueueSettings.ShowCallers);
        set => Set(RequestQueueSettings.ShowCallers, value);
    }

    /// <summary>
    /// Called for each request that this queue rejects, instead of <see cref="QueuedAdmissionOptions.OnRejected"/> for
    /// all queues. Default none.
    /// </summary>
    /// <remarks>The hook can be set only in code.</remarks>
    public Func<RejectionContext, ValueTask>? OnRejected
    {
        get => Get(RequestQueueSettings.OnRejected);
        set => Set(RequestQueueSettings.OnRejected, value);
    }

    /// <summary>
    /// The application's own answers to requests that this queue rejects. They are asked before
    /// <see cref="QueuedAdmissionOptions.RejectionWriters"/> for all queues. Default none.
    /// </summary>
    /// <remarks>The writers can be set only in code.</remarks>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">The value contains null.</exception>
    public IReadOnlyList<IRejectionWriter> RejectionWriters
    {
        get => Get(RequestQueueSettings.RejectionWriters);
        set => Set(RequestQueueSettings.RejectionWriters, RejectionHandling.Checked(value));
    }

    internal override IEnumerable<SettingError> FindOwnErrors()
    {
        // Without keys, all requests count as requests of one caller. The limit would then hold for the whole queue.
        if (MaxWorkersPerKey is { } max && !PartitionByKey)
        {
            yield return new(
                nameof(MaxWorkersPerKey),
                max.ToString(CultureInfo.InvariantCulture),
                $"only with {nameof(PartitionBy)}, which is {PartitionBy}");
        }
        if (KeyShares is { } shares && PartitionByKey)
        {
            // Settings cannot name the keys of users and addresses. The key of a user may contain the issuer, and the
            // key of an address is not a readable text.
            if (PartitionBy == PartitionBy.User || PartitionBy == PartitionBy.ClientIp)
            {
                yield return new(
                    nameof(KeyShares), JobQueueSettings.KeyShares.ShowValue(shares),
                    $"only with a {nameof(PartitionBy)} of Header:name, Claim:type or Route:name, or in code; "
                    + $"it is {PartitionBy}");
            }
            foreach (var key in shares.Keys.Where(key => key.Length > LongKey.MaxKept))
                yield return new(
                    nameof(KeyShares), SettingText.Show(key), $"keys of up to {LongKey.MaxKept} characters");
        }
    }
}
