using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace QueueAdmission.Deferred;

/// <summary>Answers requests of callers for their jobs.</summary>
/// <remarks>
/// A job of another caller is answered like a job that does not exist. The reason for a failed attempt is shown only to
/// operators.
/// </remarks>
internal static class StatusEndpoints
{
    public static Task GetAsync(HttpContext context)
    {
        if (Find(context) is not { } job)
        {
            return NotFoundAsync(context);
        }
        var response = context.Response;
        var view = Describe(context, job);
        response.Headers.CacheControl = "no-store";
        response.Headers.Vary = HeaderNames.Accept;
        int? again = null;
        if (job.State == StoredJobState.Done)
        {
            response.StatusCode = StatusCodes.Status303SeeOther;
            response.Headers.Location = view.Response;
        }
        else if (job.State is StoredJobState.Waiting or StoredJobState.Running)
        {
            again = (int)Math.Clamp(view.ExpectedSeconds ?? 1, 1, 30);
            response.Headers.RetryAfter = again.Value.ToString(CultureInfo.InvariantCulture);
        }
        return AcceptHeader.PrefersHtml(context.Request.Headers.Accept)
            ? StatusPage.WriteAsync(response, view, again)
            : StatusJson.WriteAsync(response, view, DeferredJson.Default.JobView);
    }

    public static Task GetResponseAsync(HttpContext context)
    {
        if (Find(context) is not { } job)
        {
            return NotFoundAsync(context);
        }
        context.Response.Headers.CacheControl = "no-store";
        if (job is not { State: StoredJobState.Done, Result: { } result })
        {
            return StatusJson.WriteProblemAsync(
                context.Response, StatusCodes.Status409Conflict, "The job has no response yet, or never will.");
        }
        var jobs = context.RequestServices.GetRequiredService<DeferredJobs>();
        if (StoredAnswer.Read(jobs.Access, job.Id, result) is not { } stored)
        {
            return StatusJson.WriteProblemAsync(
                context.Response, StatusCodes.Status410Gone, "The response is kept, but its key is missing.");
        }
        if (stored.Owner.Length > 0
            && !CryptographicOperations.FixedTimeEquals(stored.Owner, CallerIdentity.HashOf(context.User)))
        {
            return NotFoundAsync(context);
        }
        if (stored.IsBodyDropped)
        {
            return StatusJson.WriteProblemAsync(
                context.Response, StatusCodes.Status410Gone,
                $"The job is done with the status {stored.StatusCode}, but its response was too large to be kept.");
        }
        context.Response.Headers.Remove(HeaderNames.CacheControl);
        return StoredAnswer.WriteAsync(context, stored);
    }

    public static Task DeleteAsync(HttpContext context)
    {
        if (Find(context) is not { } job)
        {
            return NotFoundAsync(context);
        }
        var jobs = context.RequestServices.GetRequiredService<DeferredJobs>();
        if (job.State == StoredJobState.Cancelled || jobs.Access.Call("cancel", store => store.Cancel(job.Id)))
        {
            jobs.Outcomes.OnCancelled(job.Id);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }
        return StatusJson.WriteProblemAsync(
            context.Response, StatusCodes.Status409Conflict, JobTicket.IsOnItsWay(job)
                ? "The job is accepted, and cannot be cancelled before it is in the store. Try again in a moment."
                : "Only a waiting job can be cancelled. This job is running or has ended.");
    }

    private static StoredJob? Find(HttpContext context)
    {
        var access = context.RequestServices.GetRequiredService<DeferredJobs>().Access;
        var text = context.Request.RouteValues["id"] as string;
        if (!JobTicket.TryParse(text, access.Protector, out var id, out var ticket)
            || !JobId.BelongsTo(id, CallerIdentity.HashOf(context.User)))
        {
            return null;
        }
        return access.Call("find", store => store.Find(id)) ?? ticket?.FindOnItsWay(access);
    }

    private static JobView Describe(HttpContext context, StoredJob job)
    {
        var state = context.RequestServices.GetRequiredService<DeferredJobs>().StateOf(job.Queue);
        return new JobView
        {
            Id = JobId.ToText(job.Id),
            State = NameOf(job.State),
            Queue = job.Queue,
            AcceptedAt = job.AcceptedAt,
            Attempts = job.Attempts,
            Ahead = job.Ahead,
            ExpectedSeconds = job.State == StoredJobState.Waiting
                ? (long)Math.Ceiling(state.EstimateWait(job.Ahead).TotalSeconds)
                : null,
            EndedAt = job.EndedAt,
            Response = job.State == StoredJobState.Done ? $"{StatusAddress.Of(context, job.Id)}/response" : null,
        };
    }

    private static string NameOf(StoredJobState state) => state switch
    {
        StoredJobState.Waiting => "waiting",
        StoredJobState.Running => "running",
        StoredJobState.Done => "done",
        StoredJobState.Dead => "dead",
        StoredJobState.Cancelled => "cancelled",
        _ => "discarded",
    };

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return StatusJson.WriteProblemAsync(context.Response, StatusCodes.Status404NotFound, "There is no such job.");
    }

}
