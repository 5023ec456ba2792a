using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Deferred;

/// <summary>
/// Sends a request through its endpoint in order to store it. The body is captured first. The last filter then stores
/// the request instead of calling the handler.
/// </summary>
/// <remarks>
/// Binding, validation, authorization and the filters of the application therefore run before the request is stored. A
/// request that cannot succeed is answered at once.
/// </remarks>
internal static class Accepting
{
    /// <returns>
    /// The task that answers the request, or null if the request is not to be stored before it enters the queue.
    /// </returns>
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

    /// <returns>The task that stores and answers the request, or null if the request stays rejected.</returns>
    public static Task? TakeRefusal(
        HttpContext context,
        QueuedEndpoint endpoint,
        IQueueRejectionFeature rejection,
        RequestDelegate next,
        DeferTerms terms) =>
        terms.When == DeferWhen.Rejected && IsForLater(rejection.Reason) && !context.Response.HasStarted
            ? RunAsync(context, endpoint, next, terms, rejection)
            : null;

    /// <summary>Returns true if a request is stored without asking the queue first.</summary>
    private static bool IsForStore(HttpContext context, JobQueue queue, DeferTerms terms) => terms.When switch
    {
        DeferWhen.Always => true,
        DeferWhen.Preferred => HasKey(context, terms) || Prefers(context),
        // A draining queue refuses the request even if it has a key.
        _ => HasKey(context, terms) && queue.GetSnapshot().State is JobQueueState.Running or JobQueueState.Paused,
    };

    // A request that runs at once leaves no record in the store, so a repetition of it could not be recognized.
    private static bool HasKey(HttpContext context, DeferTerms terms) => terms.Options.IdempotencyKey switch
    {
        IdempotencyKeyUse.Ignored => false,
        // A request without a key must be answered with 400, and must not run.
        IdempotencyKeyUse.Required => true,
        _ => context.Request.Headers.ContainsKey(IdempotencyKey.Header),
    };

    private static bool Prefers(HttpContext context) =>
        context.Request.Headers[Preferences.Header] is { Count: > 0 } header && Preferences.Read(header).RespondAsync;

    // Deferring would bypass the limits of a caller, and would give new work to a draining queue.
    private static bool IsForLater(RejectionReason reason) =>
        reason is not (RejectionReason.PartitionFull or RejectionReason.KeyLimit or RejectionReason.Draining);

    private static async Task RunAsync(
        HttpContext context,
        QueuedEndpoint endpoint,
        RequestDelegate next,
        DeferTerms terms,
        IQueueRejectionFeature? rejection)
    {
        var jobs = context.RequestServices.GetRequiredService<DeferredJobs>();
        var queue = endpoint.Queue;
        var receivedAt = jobs.Time.GetTimestamp();
        // A slow upload holds no slot, because the memory of bodies is limited separately.
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
        HttpContext context,
        DeferredJobs jobs,
        QueuedEndpoint endpoint,
        CapturedBody.Outcome outcome,
        IQueueRejectionFeature? rejection)
    {
        if (outcome == CapturedBody.Outcome.NoMemory || rejection is not null)
        {
            return AcceptPass.RefuseAsync(context, jobs, endpoint, RejectionReason.AcceptingFull, rejection);
        }
        jobs.Metrics.CountRefused(endpoint.Queue.Name, "body_too_large");
        context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Removes the pass from the context, because an outer middleware can run the pipeline again, for example for an
    /// error page.
    /// </summary>
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
            // The request has ended, because an outer middleware has already answered it.
        }
    }
}
