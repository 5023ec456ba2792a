using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Npgsql;
using QueueAdmission.Deferred;

namespace QueueAdmission.Crash.Node;

/// <summary>Writes a post to the target table exactly once.</summary>
/// <remarks>
/// The id of the job is the primary key. A second run of a job finds the row, and records the repeated run instead.
/// </remarks>
internal sealed class Publisher(NpgsqlDataSource target, IOptions<PostOptions> options)
{
    private const string AddStart = "INSERT INTO starts (job, node) VALUES ($1, $2)";

    private const string AddPost =
        """
        WITH added AS (
            INSERT INTO posts (job, text, node) VALUES ($1, $2, $3) ON CONFLICT (job) DO NOTHING RETURNING 1)
        INSERT INTO repeated_runs (job, node) SELECT $1, $3 WHERE NOT EXISTS (SELECT 1 FROM added)
        """;

    private readonly PostOptions _options = options.Value;

    public async Task<IResult> PublishAsync(NewPost post, HttpContext context)
    {
        // The feature is present because the endpoint has Defer(), so the handler runs only as a job.
        var job = context.Features.GetRequiredFeature<IDeferredJobFeature>();
        if (_options.LogsStarts)
            await ExecuteAsync(AddStart, context.RequestAborted, job.JobId, Environment.ProcessId);
        await Task.Delay(_options.ReviewTime, context.RequestAborted);
        if (job.Attempt == 1 && FailsAtFirst(job.JobId))
            return Results.Problem("The target is unavailable.", statusCode: StatusCodes.Status503ServiceUnavailable);
        await ExecuteAsync(AddPost, context.RequestAborted, job.JobId, post.Text, Environment.ProcessId);
        return Results.Text($"{Environment.ProcessId}");
    }

    // Depends only on the id, so that a second run of the same attempt fails as well.
    private bool FailsAtFirst(Guid job) => _options.FailOneOf is > 0 and var one && (uint)job.GetHashCode() % one == 0;

    private async Task ExecuteAsync(string text, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = target.CreateCommand(text);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
