using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission.Deferred;

/// <summary>Runs the handler of a stored request with a new <see cref="HttpContext"/>.</summary>
/// <remarks>
/// This class calls the endpoint directly, not the pipeline. In the pipeline, the authentication schemes would run
/// again without credentials. The endpoint middleware alone would require the authorization, CORS and antiforgery
/// middlewares, which have already run before the request was accepted.
/// </remarks>
internal sealed class RequestReplay(
    IHttpContextFactory contexts, DeferredJobsOptions options, Action<Exception, ReplayRun> onCallbackFailure)
{
    /// <summary>Runs the handler once.</summary>
    /// <param name="run">The request and the data of the attempt.</param>
    /// <returns>
    /// The outcome of the handler. An exception of the handler is part of the outcome and is not thrown.
    /// </returns>
    public async Task<ReplayOutcome> RunAsync(ReplayRun run)
    {
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(run.Stopping);
        var request = new ReplayedRequest(run.Request, aborted);
        var response = new CapturedResponse(run.MaxResponseSize);
        using var activity = ReplayActivity.Start(run);
        var context = contexts.Create(FeaturesOf(run, request, response));
        Exception? failure = null;
        var isTimeout = false;
        try
        {
            Prepare(context, run);
            using var timeout = RunTimeout.Start(run, options.Timeouts(), aborted);
            context.Features.Set<IHttpRequestTimeoutFeature>(timeout);
            try
            {
                await InvokeAsync(context, run);
                await context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().CompleteAsync();
                await response.CompleteAsync();
            }
            finally
            {
                isTimeout = timeout?.IsOver ?? false;
            }
        }
#pragma warning disable CA1031 // Whatever a handler throws is the outcome of its attempt.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception;
        }
        finally
        {
            // The order is that of a server: first the callbacks, one of which disposes the services, then the context.
            await response.CompleteCallbacksAsync(exception => onCallbackFailure(exception, run));
            contexts.Dispose(context);
        }
        ReplayActivity.End(activity, response.StatusCode, failure);
        return new ReplayOutcome(response, failure, request.IsAborted, isTimeout);
    }

    private async Task InvokeAsync(HttpContext context, ReplayRun run)
    {
        if (options.Authorize is { } authorize && !await authorize(context))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        await run.Endpoint.RequestDelegate!(context);
    }

    private static FeatureCollection FeaturesOf(ReplayRun run, ReplayedRequest request, CapturedResponse response)
    {
        var stored = run.Request;
        var features = new FeatureCollection(24);
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpRequestBodyDetectionFeature>(request);
        features.Set<IHttpRequestLifetimeFeature>(request);
        features.Set<IHttpRequestIdentifierFeature>(request);
        features.Set<IHttpBodyControlFeature>(request);
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(response);
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature
        {
            ConnectionId = JobId.ToText(stored.Id),
            RemoteIpAddress = stored.RemoteAddress,
            RemotePort = stored.RemotePort,
            LocalIpAddress = stored.LocalAddress,
            LocalPort = stored.LocalPort,
        });
        features.Set<IHttpAuthenticationFeature>(new HttpAuthenticationFeature { User = stored.User });
        features.Set<IRouteValuesFeature>(new RouteValuesFeature { RouteValues = RouteValuesOf(stored) });
        features.Set<IDeferredJobFeature>(new DeferredJobFeature(stored.Id, run.Attempt, stored.AcceptedAt));
        features.Set(run.Worker);
        return features;
    }

    private static RouteValueDictionary RouteValuesOf(StoredRequest request)
    {
        var values = new RouteValueDictionary();
        foreach (var (name, value) in request.RouteValues)
        {
            values[name] = value;
        }
        return values;
    }

    private static void Prepare(HttpContext context, ReplayRun run)
    {
        context.SetEndpoint(run.Endpoint);
        var (culture, uiCulture) = (CultureOf(run.Request.Culture), CultureOf(run.Request.UICulture));
        // Both cultures flow only with the async context of this attempt.
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, uiCulture);
        context.Features.Set<IRequestCultureFeature>(
            new RequestCultureFeature(new RequestCulture(culture, uiCulture), provider: null));
    }

    /// <summary>Returns the culture, or the invariant culture if this machine does not have it.</summary>
    private static CultureInfo CultureOf(string name)
    {
        try
        {
            return CultureInfo.GetCultureInfo(name);
        }
        catch (CultureNotFoundException)
        {
            return CultureInfo.InvariantCulture;
        }
    }
}
