using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred;

/// <summary>The answer to a request that cannot currently be deferred.</summary>
/// <param name="pass">The pass of the request.</param>
/// <param name="reason">The reason why the request was not stored.</param>
internal sealed class RefusedAnswer(AcceptPass pass, RejectionReason reason) : AcceptAnswer
{
    public override Task ExecuteAsync(HttpContext httpContext) => pass.RefuseAsync(httpContext, reason);
}
