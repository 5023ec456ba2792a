using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace QueueAdmission;

/// <summary>
/// The endpoints of the dashboard. <c>RequireAuthorization</c> or <c>AllowAnonymous</c> opens them for looking.
/// <see cref="AllowSteering"/> opens them for steering, which means changes by operators.
/// </summary>
public sealed class QueueDashboardEndpointConventionBuilder : IEndpointConventionBuilder
{
    private const string Address = "/{queue}/overrides/{setting}";

    private readonly RouteGroupBuilder _group;
    private readonly DashboardEndpoints _endpoints;
    private readonly DashboardAccess _access;

    internal QueueDashboardEndpointConventionBuilder(
        RouteGroupBuilder group, DashboardEndpoints endpoints, DashboardAccess access)
    {
        _group = group;
        _endpoints = endpoints;
        _access = access;
    }

    /// <summary>
    /// Lets users that satisfy an authorization policy change the number of workers, pause, resume, and switch dry run,
    /// each for a limited time. They may also re-drive and discard dead letters of deferred jobs. Without this call,
    /// the dashboard has no endpoints for steering.
    /// </summary>
    /// <remarks>
    /// <para>Steering is never anonymous, even if <c>AllowAnonymous</c> opens the page. If the dashboard is hidden, the
    /// endpoints for steering are hidden as well.</para>
    /// <para>A request for a change must also have the header <c>X-Queued-Admission</c>, with any value. Its headers
    /// <c>Sec-Fetch-Site</c> and <c>Origin</c> must not name another site.</para>
    /// </remarks>
    /// <param name="policy">The name of a policy that <c>AddAuthorization</c> defines.</param>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentException"><paramref name="policy"/> is null, empty or blank.</exception>
    /// <exception cref="InvalidOperationException">
    /// The application has no authorization, there is no policy of that name, or the method was called before.
    /// </exception>
    public QueueDashboardEndpointConventionBuilder AllowSteering(string policy)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(policy);
        var services = ((IEndpointRouteBuilder)_group).ServiceProvider;
        if (services.GetService<IAuthorizationPolicyProvider>() is not { } policies)
        {
            throw new InvalidOperationException(
                "AllowSteering needs authorization: call builder.Services.AddAuthorization(…).");
        }
        // A provider may load its policies asynchronously. Then the policy is checked only at each change.
        if (policies.GetPolicyAsync(policy) is { IsCompletedSuccessfully: true, Result: null })
        {
            throw new InvalidOperationException(
                $"There is no authorization policy '{policy}'; " +
                $"define it with AddAuthorization(o => o.AddPolicy(\"{policy}\", …)).");
        }
        if (_endpoints.Steering is not null)
        {
            throw new InvalidOperationException(
                "AllowSteering was called before: only one policy for steering is possible.");
        }

        _endpoints.Steering = new SteeringPolicy(policy);
        var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        var logger = loggers.CreateGuardedLogger("QueueAdmission.Dashboard");
        var gate = new SteeringGate(_endpoints.Steering, logger);
        var steering = new SteeringEndpoints(_endpoints, gate);
        Map(HttpMethods.Put, Address, steering.SetAsync, "Changes a setting of a queue for a limited time.")
            .WithMetadata(new AcceptsMetadata(["application/json"], typeof(OverrideRequest)))
            .Returns(StatusCodes.Status200OK, typeof(QueueStatus))
            .ReturnsProblem(StatusCodes.Status400BadRequest)
            .ReturnsProblem(StatusCodes.Status409Conflict);
        Map(HttpMethods.Delete, Address, steering.UndoAsync, "Ends an override early.")
            .Returns(StatusCodes.Status200OK, typeof(QueueStatus))
            .ReturnsProblem(StatusCodes.Status400BadRequest)
            .ReturnsProblem(StatusCodes.Status409Conflict);
        _group.MapOtherMethods(Address, HttpMethods.Delete, HttpMethods.Put).AlsoFinally(_access.Guard);
        if (DeadLetterEndpoints.AreNeeded(services))
        {
            MapDeadLetters(new DeadLetterEndpoints(services, _endpoints));
        }
        return this;

        void MapDeadLetters(DeadLetterEndpoints letters)
        {
            var (one, redrive) = (DeadLetterEndpoints.LetterAddress, DeadLetterEndpoints.RedriveAddress);
            Map(
                HttpMethods.Delete,
                one,
                letters.Discard(gate, logger),
                "Discards a dead letter. Its request is removed.")
                .Returns(StatusCodes.Status204NoContent)
                .ReturnsProblem(StatusCodes.Status503ServiceUnavailable);
            Map(
                HttpMethods.Post,
                redrive,
                letters.Redrive(gate, logger),
                "Re-drives a dead letter: the job waits again.")
                .Returns(StatusCodes.Status204NoContent)
                .ReturnsProblem(StatusCodes.Status503ServiceUnavailable);
            _group.MapOtherMethods(one, HttpMethods.Delete).AlsoFinally(_access.Guard);
            _group.MapOtherMethods(redrive, HttpMethods.Post).AlsoFinally(_access.Guard);
        }

        IEndpointConventionBuilder Map(string method, string address, RequestDelegate answer, string summary) => _group
            .MapDescribed(method, address, answer, summary)
            .ReturnsProblem(StatusCodes.Status403Forbidden)
            .Returns(StatusCodes.Status404NotFound)
            .RequireAuthorization(new SteeringAuthorization(policy))
            .AlsoFinally(_access.Guard)
            .AlsoFinally(ForbidAnonymous);
    }

    /// <summary>
    /// Adds the addresses of the dashboard to the application's OpenAPI documents. Without this call the documents omit
    /// them, because they are for operators and not part of the application's own interface.
    /// </summary>
    /// <remarks>
    /// Outside the Development environment, a dashboard without an authorization rule is hidden, and no document
    /// contains it.
    /// </remarks>
    /// <returns>This object.</returns>
    public QueueDashboardEndpointConventionBuilder IncludeInOpenApi()
    {
        _endpoints.IsInOpenApi = true;
        return this;
    }

    /// <inheritdoc />
    public void Add(Action<EndpointBuilder> convention) => ((IEndpointConventionBuilder)_group).Add(convention);

    /// <inheritdoc />
    public void Finally(Action<EndpointBuilder> finallyConvention) =>
        ((IEndpointConventionBuilder)_group).Finally(finallyConvention);

    /// <summary>
    /// Removes metadata that allows anonymous access. Such metadata may open the page to all requests, but never
    /// steering.
    /// </summary>
    private static void ForbidAnonymous(EndpointBuilder endpoint)
    {
        foreach (var anonymous in endpoint.Metadata.OfType<IAllowAnonymous>().ToList())
        {
            endpoint.Metadata.Remove(anonymous);
        }
    }
}
