using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>
/// Decides which requests may steer. The user must be signed in and satisfy the named policy, and the request must come
/// from the dashboard's page or from a program.
/// </summary>
internal sealed class SteeringPolicy(string policyName)
{
    /// <summary>
    /// The header that every change needs. A form cannot set it. A script of another site can set it only if a CORS
    /// policy permits that.
    /// </summary>
    public const string ProofHeader = "X-Queued-Admission";

    /// <summary>
    /// Whether the user of this request may steer. The page shows its buttons only then. Each change is checked again.
    /// </summary>
    public async Task<bool> AllowsAsync(HttpContext context)
    {
        var services = context.RequestServices;
        if (services.GetService<IAuthorizationPolicyProvider>() is not { } policies
            || services.GetService<IPolicyEvaluator>() is not { } evaluator
            || await policies.GetPolicyAsync(policyName) is not { } policy)
        {
            return false;
        }
        var authenticated = await evaluator.AuthenticateAsync(policy, context);
        var authorized = await evaluator.AuthorizeAsync(policy, authenticated, context, context);
        // An anonymous user can satisfy a policy, but each change is recorded with the name of a user.
        return authorized.Succeeded && context.User.Identity is { IsAuthenticated: true };
    }

    /// <summary>
    /// Whether the request has the header that every change needs, and was not sent by a page of another site.
    /// </summary>
    public static bool IsDeliberate(HttpRequest request) =>
        request.Headers.ContainsKey(ProofHeader) && SameOrigin.IsProvenForChange(request);
}
