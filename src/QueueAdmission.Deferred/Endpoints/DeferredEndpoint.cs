using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Deferred;

/// <summary>
/// The additions of <c>Defer()</c> to one endpoint: the metadata for the middleware, and the filter that stores
/// requests.
/// </summary>
/// <remarks>
/// Each endpoint has a separate object, which records whether its filter was built into the endpoint.
/// </remarks>
internal sealed class DeferredEndpoint(DeferWhen when, DeferOptions options) : IQueueTakeover, IDeferTerms
{
    private DeferTerms _terms = new(when, options, new HashSet<string>());
    private bool _hasFilter;
    private bool _isLastFilter;
    private bool _isInForce = true;
    private HandlerHeaders _handler = HandlerHeaders.None;

    public DeferWhen When => _terms.When;

    public DeferOptions Options => _terms.Options;

    public EndpointFilterDelegate CreateFilter(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        _hasFilter = true;
        _handler = HandlerHeaders.Of(context.MethodInfo.GetParameters());
        _terms = _terms with { Headers = _handler.Names };
        return FilterAsync;

        ValueTask<object?> FilterAsync(EndpointFilterInvocationContext invocation) =>
            _isInForce && invocation.HttpContext.Features.Get<AcceptPass>() is { } pass
                ? StoreAsync(pass, invocation.HttpContext)
                : next(invocation);
    }

    /// <summary>Completes the endpoint after all its conventions have run.</summary>
    public void Complete(EndpointBuilder endpoint)
    {
        Func<EndpointFilterFactoryContext, EndpointFilterDelegate, EndpointFilterDelegate> own = CreateFilter;
        _isLastFilter = endpoint.FilterFactories.Count > 0 && endpoint.FilterFactories[^1] == own;
        // A group may call Defer() as well. The filter of the group would store a request before the filters of the
        // endpoint have run.
        _isInForce = endpoint.Metadata.OfType<IQueueTakeover>().Last() == this;
        // Only an application that describes its endpoints needs the additional metadata.
        if (_isInForce && endpoint.ApplicationServices.GetService<IApiDescriptionGroupCollectionProvider>() is not null)
        {
            var declared = endpoint.Metadata.OfType<IParameterBindingMetadata>().ToList();
            foreach (var header in HeaderParameter.Of(this).Where(header => !declared.Any(header.IsSameAs)))
            {
                endpoint.Metadata.Add(header);
            }
        }
    }

    public IEnumerable<string> FindProblems(Endpoint endpoint, JobQueue? queue, IServiceProvider services) =>
        DeferChecks.Find(endpoint, queue, services, _hasFilter, _isLastFilter, _handler.Credentials);

    public Task? TakeBeforeQueue(HttpContext context, QueuedEndpoint endpoint, RequestDelegate next) =>
        Accepting.TakeBeforeQueue(context, endpoint, next, _terms);

    public Task? TakeRefusal(
        HttpContext context, QueuedEndpoint endpoint, IQueueRejectionFeature rejection, RequestDelegate next) =>
        Accepting.TakeRefusal(context, endpoint, rejection, next, _terms);

    private static async ValueTask<object?> StoreAsync(AcceptPass pass, HttpContext context) =>
        await pass.StoreAsync(context);
}
