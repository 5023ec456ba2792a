using System.Text.Json.Serialization;

namespace QueueAdmission.Deferred;

/// <summary>The body of a 202.</summary>
/// <param name="Id">The id of the job.</param>
/// <param name="State">The state of the job.</param>
/// <param name="Status">The path for the state of the job.</param>
internal sealed record AcceptedView(string Id, string State, string Status);

/// <summary>The state of a job as shown to its caller.</summary>
internal sealed class JobView
{
    public required string Id { get; init; }

    /// <summary>
    /// One of <c>waiting</c>, <c>running</c>, <c>done</c>, <c>dead</c>, <c>cancelled</c>, <c>discarded</c>.
    /// </summary>
    public required string State { get; init; }

    public required string Queue { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>The number of attempts that have begun.</summary>
    public required int Attempts { get; init; }

    /// <summary>The approximate number of jobs ahead. Present only while the job waits.</summary>
    public long? Ahead { get; init; }

    /// <summary>The expected number of seconds until the job has ended. Present only while the job waits.</summary>
    public long? ExpectedSeconds { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The path of the response. Present only if the job is completed.</summary>
    public string? Response { get; init; }
}

/// <summary>
/// The description (RFC 9457) of a problem with a request to be deferred, or with a request for the state of a job.
/// </summary>
/// <param name="Title">A short description of the problem.</param>
/// <param name="Status">The status.</param>
/// <param name="Detail">How to correct the problem. Null if the title is sufficient.</param>
internal sealed record StatusProblem(string Title, int Status, string? Detail = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AcceptedView))]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(StatusProblem))]
internal sealed partial class DeferredJson : JsonSerializerContext;
