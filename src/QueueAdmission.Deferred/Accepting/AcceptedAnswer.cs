using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred;

/// <summary>
/// The answer to a stored request: the stored response if the request waits and the job ends in time, otherwise a 202.
/// </summary>
/// <remarks>
/// The answer waits and not the filter. By then, the filters of the application have completed and hold no resources.
/// </remarks>
/// <param name="jobs">The deferred jobs.</param>
/// <param name="id">The stored job.</param>
/// <param name="position">
/// The position of the job in the intake until the store has the job. Null if the job is already in the store.
/// </param>
/// <param name="expected">The expected time until the job has ended.</param>
/// <param name="preference">How long the request may wait. Null if it gets its 202 at once.</param>
/// <param name="wait">The wait for the outcome. Null if the request does not wait.</param>
internal sealed class AcceptedAnswer(
    DeferredJobs jobs, Guid id, JobPosition? position, TimeSpan expected, WaitPreference? preference, OutcomeWait? wait)
    : AcceptAnswer
{
    public override int? StatusCode => wait is null ? StatusCodes.Status202Accepted : null;

    public override Task ExecuteAsync(HttpContext httpContext) =>
        wait is null
            ? WriteAcceptedAsync(httpContext, new JobOutcome(JobOutcomeKind.Waiting))
            : WaitAsync(httpContext, wait);

    private async Task WaitAsync(HttpContext context, OutcomeWait wait)
    {
        var outcome = await wait.WhenEndedAsync(context.RequestAborted);
        // Frees the place for another waiting request before the answer is written.
        wait.Dispose();
        if (outcome is { Kind: JobOutcomeKind.Done, Result: { } result }
            && StoredAnswer.Read(jobs.Access, outcome.Job, result) is { IsBodyDropped: false } stored)
        {
            jobs.Metrics.CountPreferred(preference!.Queue, "in_time");
            await StoredAnswer.WriteAsync(context, stored, response => preference.ApplyTo(response, isAccepted: false));
            return;
        }
        jobs.Metrics.CountPreferred(preference!.Queue, "later");
        await WriteAcceptedAsync(context, outcome);
    }

    private Task WriteAcceptedAsync(HttpContext context, JobOutcome outcome)
    {
        var address = StatusAddress.Of(context, id, position);
        var response = context.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.Headers.Location = address;
        if (outcome.Kind is JobOutcomeKind.Waiting or JobOutcomeKind.Running or JobOutcomeKind.Aborted)
        {
            var seconds = Math.Clamp((long)Math.Ceiling(expected.TotalSeconds), 1, 3_600);
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        response.Headers.CacheControl = "no-store";
        preference?.ApplyTo(response, isAccepted: true);
        // The cancelled token may belong to a request timeout. In this case the client is still connected, and gets the
        // address of its job.
        var aborted = outcome.Kind == JobOutcomeKind.Aborted ? CancellationToken.None : context.RequestAborted;
        return StatusJson.WriteAsync(
            response,
            new AcceptedView(JobId.ToText(id), NameOf(outcome.Kind), address),
            DeferredJson.Default.AcceptedView,
            aborted: aborted);
    }

    private static string NameOf(JobOutcomeKind kind) => kind switch
    {
        JobOutcomeKind.Running => "running",
        JobOutcomeKind.Done => "done",
        JobOutcomeKind.Dead => "dead",
        JobOutcomeKind.Cancelled => "cancelled",
        JobOutcomeKind.Discarded => "discarded",
        _ => "waiting",
    };
}
