using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>
/// The authorization that the endpoints for steering require. Its type distinguishes it from the authorization for
/// looking.
/// </summary>
internal sealed class SteeringAuthorization(string policyName) : AuthorizeAttribute(policyName)
{
    /// <summary>
    /// Returns a delegate that calls <paramref name="answer"/> if the request satisfies the policy. Otherwise the
    /// request is challenged or forbidden, as by the authorization middleware. If the policy does not exist, the answer
    /// is 403.
    /// </summary>
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
