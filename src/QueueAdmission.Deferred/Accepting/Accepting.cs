using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Deferred;

/// <summary>
/// Lets a request pass its endpoint in order to be stored: the body is captured first, and the last filter stores the
/// request instead of calling the handler.
/// </summary>
/// <remarks>
/// So binding, validation, authorization and the filters of the application run before, and a request that cannot
/// succeed is answered at once.
/// </remarks>
internal static class Accepting
{
    /// <returns>Null if the request is accepted already, and passes the middleware once more.</returns>
    public static Task? TakeBeforeQueue(
        HttpContext context, QueuedEndpoint endpoint, RequestDelegate next, DeferTerms terms)
    {
        if (!IsForStore(context, endpoint.Queue, terms))
        {
            return null;
        }
        return context.Features.Get<AcceptPass>() is not null
            ? next(context)
            : RunAsync(context, endpoint, next, terms, rejection: null);
    }

    /// <returns>Null if the request stays rejected.</returns>
    public static Task? TakeRefusal(
        HttpContext context, QueuedEndpoint endpoint, IQueueRejectionFeature rejection, RequestDelegate next, DeferTerms terms) =>
        terms.When == DeferWhen.Rejected && IsForLater(rejection.Reason) && !context.Response.HasStarted
            ? RunAsync(context, endpoint, next, terms, rejection)
            : null;

    /// <summary>Whether a request is stored whatever the queue would say.</summary>
    private static bool IsForStore(HttpContext context, JobQueue queue, DeferTerms terms) => terms.When switch
    {
        DeferWhen.Always => true,
        DeferWhen.Preferred => HasKey(context, terms) || Prefers(context),
        // A queue that drains refuses the request, also one with a key.
        _ => HasKey(context, terms) && queue.GetSnapshot().State is JobQueueState.Running or JobQueueState.Paused,
    };

    // A request that runs at once leaves no trace in the store, by which its repetition could be told.
    private static bool HasKey(HttpContext context, DeferTerms terms) => terms.Options.IdempotencyKey switch
    {
        IdempotencyKeyUse.Ignored => false,
        // Without a key it is to get its 400, and not to run.
        IdempotencyKeyUse.Required => true,
        _ => context.Request.Headers.ContainsKey(IdempotencyKey.Header),
    };

    private static bool Prefers(HttpContext context) =>
        context.Request.Headers[Preferences.Header] is { Count: > 0 } header && Preferences.Read(header).RespondAsync;

    // The limits of one caller would otherwise be no limits, and a queue that drains is to have no further work.
    private static bool IsForLater(RejectionReason reason) =>
        reason is not (RejectionReason.PartitionFull or RejectionReason.KeyLimit or RejectionReason.Draining);

    private static async Task RunAsync(
        HttpContext context, QueuedEndpoint endpoint, RequestDelegate next, DeferTerms terms, IQueueRejectionFeature? rejection)
    {
        var jobs = context.RequestServices.GetRequiredService<DeferredJobs>();
        var queue = endpoint.Queue;
        var receivedAt = jobs.Time.GetTimestamp();
        // The memory of bodies has a bound of its own, so a slow upload holds no slot.
        var max = queue.GetSetting(DeferredSettings.MaxBodySize);
        var (outcome, body) = await CapturedBody.ReadAsync(context, max, jobs.Bodies);
        if (body is null)
        {
            await AnswerAsync(context, jobs, endpoint, outcome, rejection);
            return;
        }
        var state = jobs.StateOf(queue.Name);
        if (!state.AcceptingSlots.TryTake(queue.GetSetting(DeferredSettings.MaxAccepting)))
        {
            body.Dispose();
            await AcceptPass.RefuseAsync(context, jobs, endpoint, RejectionReason.AcceptingFull, rejection);
            return;
        }
        var pass = new AcceptPass(jobs, state, endpoint, terms, body, receivedAt, rejection);
        try
        {
            context.Request.Body = body.OpenRead();
            context.Features.Set(pass);
            await next(context);
        }
        finally
        {
            pass.End();
            RemovePass(context, pass);
        }
    }

    private static Task AnswerAsync(
        HttpContext context, DeferredJobs jobs, QueuedEndpoint endpoint, CapturedBody.Outcome outcome, IQueueRejectionFeature? rejection)
    {
        if (outcome == CapturedBody.Outcome.NoMemory || rejection is not null)
        {
            return AcceptPass.RefuseAsync(context, jobs, endpoint, RejectionReason.AcceptingFull, rejection);
        }
        jobs.Metrics.CountRefused(endpoint.Queue.Name, "body_too_large");
        context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        return Task.CompletedTask;
    }

    /// <summary>A middleware in front can run the pipeline again, for example for an error page.</summary>
    private static void RemovePass(HttpContext context, AcceptPass pass)
    {
        try
        {
            if (context.Features.Get<AcceptPass>() == pass)
            {
                context.Features.Set<AcceptPass>(null);
            }
        }
        catch (ObjectDisposedException)
        {
            // The request is over. A middleware in front has answered it before.
        }
    }
}
