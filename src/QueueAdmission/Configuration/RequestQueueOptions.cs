using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The settings of a queue for HTTP requests: those of every queue, and how it answers.</summary>
public sealed class RequestQueueOptions : JobQueueOptions
{
    /// <summary>
    /// The status of a rejection. Default 503; range 400 to 599. Not for <see cref="RejectionReason.PartitionFull"/> and <see cref="RejectionReason.KeyLimit"/>: who alone
    /// has asked for too much is answered with 429.
    /// </summary>
    public int RejectionStatusCode { get; set; } = 503;

    /// <summary>
    /// When a request gives its worker back. Default null: <see cref="ReleaseOn.ResponseStart"/> for hubs and WebSocket upgrades, where the queue guards
    /// connecting, and <see cref="ReleaseOn.End"/> for everything else.
    /// </summary>
    public ReleaseOn? ReleaseOn { get; set; }

    /// <summary>
    /// Whose a request is, for queues that keep their callers apart: everybody has a fair share of the workers, and one who fills up his own few partitions is refused
    /// with <see cref="RejectionReason.PartitionFull"/> while others still have room. Default <see cref="PartitionBy.RoundRobin"/>: they are not kept apart.
    /// </summary>
    /// <remarks>With keys <see cref="JobQueueOptions.Partitions"/> is 64 by default. Changed live, those who wait keep the key they came with.</remarks>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public PartitionBy PartitionBy
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
            PartitionByKey = value.HasKeys;
        }
    } = PartitionBy.RoundRobin;

    /// <summary>Who says how important a request is. Default <see cref="PriorityFrom.Endpoint"/>.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public PriorityFrom PriorityFrom
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = PriorityFrom.Endpoint;

    /// <summary>How long a request is worth waiting, besides <see cref="JobQueueOptions.MaxWait"/>. Default <see cref="DeadlineFrom.None"/>.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public DeadlineFrom DeadlineFrom
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = DeadlineFrom.None;

    /// <summary>
    /// Called for each request that this queue rejects, instead of <see cref="QueuedAdmissionOptions.OnRejected"/>, which
    /// says more. Default null. Only in code.
    /// </summary>
    public Func<RejectionContext, ValueTask>? OnRejected { get; set; }

    /// <summary>
    /// The application's own answers to requests that this queue rejects. Default empty. They come before
    /// <see cref="QueuedAdmissionOptions.RejectionWriters"/>, those of all queues. Only in code.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">The value contains null.</exception>
    public IReadOnlyList<IRejectionWriter> RejectionWriters
    {
        get;
        set => field = RejectionHandling.Checked(value);
    } = [];

    /// <summary>Whether all requests of usual endpoints are the same to the queue: nothing about them has to be looked up.</summary>
    internal bool IsUniform =>
        PartitionBy == PartitionBy.RoundRobin && PriorityFrom == PriorityFrom.Endpoint && DeadlineFrom == DeadlineFrom.None;

    /// <summary>What a request brings into a queue with these settings.</summary>
    internal JobTraits TraitsOf(HttpContext context, EndpointTraits endpoint, JobDescription? description) => new()
    {
        Tag = description,
        Key = PartitionBy.KeyOf(context),
        Priority = PriorityFrom.Of(context, endpoint),
        Weight = Math.Min(endpoint.Weight, MaxWeight),
        Deadline = DeadlineFrom.Of(context, endpoint),
    };

    /// <summary>The most workers that one job can get. A weight above it is as much as there is: a live change may have left less than an endpoint asks for.</summary>
    internal int MaxWeight => Math.Min(Workers, MaxWorkersPerKey ?? Workers);

    internal override IEnumerable<SettingError> FindOwnErrors()
    {
        if (RejectionStatusCode is < 400 or > 599)
            yield return new(nameof(RejectionStatusCode), RejectionStatusCode.ToString(CultureInfo.InvariantCulture), "400 to 599");
        // Requests without keys count as those of one caller, so this would hold for all of them together.
        if (MaxWorkersPerKey is { } most && !PartitionByKey)
            yield return new(nameof(MaxWorkersPerKey), most.ToString(CultureInfo.InvariantCulture), $"only with {nameof(PartitionBy)}, which is {PartitionBy}");
        if (ReleaseOn is { } release && !Enum.IsDefined(release))
            yield return new(nameof(ReleaseOn), ((int)release).ToString(CultureInfo.InvariantCulture), "End, ResponseStart");
    }
}
