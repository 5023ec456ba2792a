using System.Text.Json.Serialization;

namespace QueueAdmission.Deferred;

/// <summary>The body of a 202.</summary>
/// <param name="Id">The job.</param>
/// <param name="State">Its state.</param>
/// <param name="Status">The path of its state.</param>
internal sealed record AcceptedView(string Id, string State, string Status);

/// <summary>The state of a job, for its caller.</summary>
internal sealed class JobView
{
    public required string Id { get; init; }

    /// <summary>
    /// One of <c>waiting</c>, <c>running</c>, <c>done</c>, <c>dead</c>, <c>cancelled</c>, <c>discarded</c>.
    /// </summary>
    public required string State { get; init; }

    public required string Queue { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>The attempts that have begun.</summary>
    public required int Attempts { get; init; }

    /// <summary>About how many jobs are in front; only while the job waits.</summary>
    public long? Ahead { get; init; }

    /// <summary>In how many seconds the job will probably have ended; only while it waits.</summary>
    public long? ExpectedSeconds { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The path of the response; only when the job is done.</summary>
    public string? Response { get; init; }
}

/// <summary>A problem of a request that is deferred, or that asks for one (RFC 9457).</summary>
/// <param name="Title">What is wrong.</param>
/// <param name="Status">The status.</param>
/// <param name="Detail">How to correct it; null if the title says all.</param>
internal sealed record StatusProblem(string Title, int Status, string? Detail = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AcceptedView))]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(StatusProblem))]
internal sealed partial class DeferredJson : JsonSerializerContext;
