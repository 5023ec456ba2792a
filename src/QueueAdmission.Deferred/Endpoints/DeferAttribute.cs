using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace QueueAdmission.Deferred;

/// <summary>
/// Accepts the requests of a controller or an action durably, answers them with 202, and runs the action later. The
/// action must also name a queue.
/// </summary>
/// <remarks>
/// <para>This attribute is only for controllers. For other endpoints, call <c>Defer()</c>.</para>
/// <code>
/// [HttpPost, Queued("posts"), Defer]
/// public IActionResult Publish(Post post) => …
/// </code>
/// </remarks>
/// <param name="when">Which requests are deferred. Default <see cref="DeferWhen.Always"/>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DeferAttribute(DeferWhen when = DeferWhen.Always)
    : Attribute, IAsyncActionFilter, IOrderedFilter, IQueueTakeover, IDeferTerms
{
    private readonly DeferOptions _options = new();

    // One attribute can apply to a controller with several actions, so it keeps the headers of each action.
    private readonly System.Runtime.CompilerServices.ConditionalWeakTable<Endpoint, DeferTerms> _terms = [];

    /// <summary>Which requests are deferred.</summary>
    public DeferWhen When { get; } = when;

    /// <summary>
    /// The effect of the header <c>Idempotency-Key</c>. Default <see cref="IdempotencyKeyUse.Optional"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public IdempotencyKeyUse IdempotencyKey
    {
        get => _options.IdempotencyKey;
        set => _options.IdempotencyKey = value;
    }

    DeferOptions IDeferTerms.Options => _options;

    /// <summary>The highest order, so that this is the last action filter.</summary>
    int IOrderedFilter.Order => int.MaxValue;

    async Task IAsyncActionFilter.OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (context.HttpContext.Features.Get<AcceptPass>() is { } pass)
        {
            context.Result = await pass.StoreAsync(context.HttpContext);
            return;
        }
        await next();
    }

    IEnumerable<string> IQueueTakeover.FindProblems(Endpoint endpoint, JobQueue? queue, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var action = endpoint.Metadata.GetMetadata<ControllerActionDescriptor>();
        return DeferChecks.Find(
            endpoint, queue, services, action is not null, IsLast(action), HeadersOf(action).Credentials)
            .Concat(AntiforgeryFilters.FindProblems(action));
    }

    Task? IQueueTakeover.TakeBeforeQueue(HttpContext context, QueuedEndpoint endpoint, RequestDelegate next) =>
        Accepting.TakeBeforeQueue(context, endpoint, next, TermsOf(context));

    Task? IQueueTakeover.TakeRefusal(
        HttpContext context, QueuedEndpoint endpoint, IQueueRejectionFeature rejection, RequestDelegate next) =>
        Accepting.TakeRefusal(context, endpoint, rejection, next, TermsOf(context));

    private static HandlerHeaders HeadersOf(ControllerActionDescriptor? action) => HandlerHeaders.Of(
        (action?.Parameters ?? []).Concat(action?.BoundProperties ?? [])
            .Where(static parameter => parameter.BindingInfo?.BindingSource == BindingSource.Header)
            .Select(static parameter => parameter.BindingInfo!.BinderModelName ?? parameter.Name));

    /// <summary>Returns true if no action filter runs between this filter and the action.</summary>
    private static bool IsLast(ControllerActionDescriptor? action) => action is null
        || action.FilterDescriptors.OrderBy(static filter => filter.Order).ThenBy(static filter => filter.Scope)
            .LastOrDefault(static filter => filter.Filter is IActionFilter or IAsyncActionFilter) is not { } last
        || last.Filter is DeferAttribute;

    private DeferTerms TermsOf(HttpContext context) =>
        context.GetEndpoint() is { } endpoint ? _terms.GetValue(endpoint, Create) : Create(endpoint: null);

    private DeferTerms Create(Endpoint? endpoint) =>
        new(When, _options, HeadersOf(endpoint?.Metadata.GetMetadata<ControllerActionDescriptor>()).Names);
}
