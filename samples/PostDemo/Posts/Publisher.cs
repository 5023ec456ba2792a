using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using QueueAdmission.Deferred;

namespace PostDemo;

/// <summary>Publishes one post: reviews it, and writes it to the target. The handler runs later, on a worker.</summary>
internal sealed class Publisher(PostTable table, IOptionsMonitor<PostOptions> options, TimeProvider time)
{
    public async Task<IResult> PublishAsync(NewPost post, HttpContext context)
    {
        // Present because the endpoint has Defer(): the handler runs only as a job.
        var job = context.Features.GetRequiredFeature<IDeferredJobFeature>();
        await Task.Delay(options.CurrentValue.ReviewTime, time, context.RequestAborted);
        if (job.Attempt == 1 && FailsAtFirst(job.JobId))
            return Results.Problem("The target is unavailable.", statusCode: StatusCodes.Status503ServiceUnavailable);
        await table.AddAsync(job.JobId, post.Text!, context.RequestAborted);
        return Results.Created($"/posts/{job.JobId:N}", new Post($"{job.JobId:N}", post.Text!));
    }

    public IResult Find(Guid id) => table.Find(id) is { } post ? Results.Ok(post) : Results.NotFound();

    // The id decides, so that a second run of the same attempt fails as well.
    private bool FailsAtFirst(Guid job) =>
        options.CurrentValue.FailOneOf is > 0 and var one && (uint)job.GetHashCode() % one == 0;
}
