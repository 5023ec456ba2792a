using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>The authorization that the addresses for steering require. A type of its own tells it from metadata that says who may look.</summary>
internal sealed class SteeringAuthorization(string policyName) : AuthorizeAttribute(policyName)
{
    /// <summary>Puts the policy directly in front of an answer, with the challenges that the authorization middleware would send.</summary>
    public RequestDelegate InFrontOf(RequestDelegate answer) => async context =>
    {
        var services = context.RequestServices;
        if (services.GetService<IAuthorizationPolicyProvider>() is not { } policies
            || services.GetService<IPolicyEvaluator>() is not { } evaluator
            || services.GetService<IAuthorizationMiddlewareResultHandler>() is not { } results
            || await policies.GetPolicyAsync(Policy!) is not { } policy)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        var authenticated = await evaluator.AuthenticateAsync(policy, context);
        var authorized = await evaluator.AuthorizeAsync(policy, authenticated, context, context);
        await results.HandleAsync(answer, context, policy, authorized);
    };
}
