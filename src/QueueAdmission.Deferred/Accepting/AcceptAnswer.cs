using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace QueueAdmission.Deferred;

/// <summary>The answer to a request that is to be deferred, for endpoints and controllers.</summary>
internal abstract class AcceptAnswer : IResult, IActionResult, IStatusCodeHttpResult
{
    /// <summary>The status code. Null if it is unknown until the answer is written.</summary>
    public virtual int? StatusCode => null;

    public abstract Task ExecuteAsync(HttpContext httpContext);

    public Task ExecuteResultAsync(ActionContext context) => ExecuteAsync(context.HttpContext);
}
