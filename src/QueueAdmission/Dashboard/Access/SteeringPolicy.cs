using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>Who may steer: whoever satisfies the policy that was named for it, signed in, by a request that this page or a program made.</summary>
internal sealed class SteeringPolicy(string policyName)
{
    /// <summary>The header every change must carry. Forms cannot set it, and scripts of other sites cannot without being allowed to.</summary>
    public const string ProofHeader = "X-Queued-Admission";

    /// <summary>Whether the sender of this request may steer. The page asks so that it shows no button that would be refused; each change is asked again.</summary>
    public async Task<bool> AllowsAsync(HttpContext context)
    {
        var services = context.RequestServices;
        if (services.GetService<IAuthorizationPolicyProvider>() is not { } policies
            || services.GetService<IPolicyEvaluator>() is not { } evaluator
            || await policies.GetPolicyAsync(policyName) is not { } policy)
            return false;
        var authenticated = await evaluator.AuthenticateAsync(policy, context);
        var authorized = await evaluator.AuthorizeAsync(policy, authenticated, context, context);
        // A policy can be satisfied by nobody in particular; a change is somebody's.
        return authorized.Succeeded && context.User.Identity is { IsAuthenticated: true };
    }

    /// <summary>Whether the request was made on purpose: not by a page of another site in the name of somebody who is signed in here.</summary>
    public static bool IsDeliberate(HttpRequest request) => request.Headers.ContainsKey(ProofHeader) && SameOrigin.IsProvenForChange(request);
}
