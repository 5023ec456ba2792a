using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Deferred;

/// <summary>
/// What <c>Defer()</c> adds to one endpoint: the metadata that the middleware finds, and the filter that stores
/// requests.
/// </summary>
/// <remarks>
/// Each endpoint has an object of its own, so that the object can tell whether its filter was built into the endpoint.
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

    /// <summary>Called when all conventions of the endpoint have run.</summary>
    public void Complete(EndpointBuilder endpoint)
    {
        Func<EndpointFilterFactoryContext, EndpointFilterDelegate, EndpointFilterDelegate> own = CreateFilter;
        _isLastFilter = endpoint.FilterFactories.Count > 0 && endpoint.FilterFactories[^1] == own;
        // A group may defer as well. Its filter would store a request before the filters of the endpoint have seen it.
        _isInForce = endpoint.Metadata.OfType<IQueueTakeover>().Last() == this;
        // Only an application that describes its endpoints needs more metadata.
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
