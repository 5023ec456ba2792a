using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace QueueAdmission.Deferred;

/// <summary>The answer to a request that was to be deferred: a 202, or a refusal.</summary>
internal sealed class AcceptAnswer : IResult, IActionResult, IStatusCodeHttpResult
{
    private readonly AcceptPass? _refusing;
    private readonly RejectionReason _reason;
    private readonly Guid _id;
    private readonly TimeSpan _wait;
    private readonly JobPosition? _position;

    /// <param name="id">The stored job.</param>
    /// <param name="wait">How long the job will probably wait.</param>
    /// <param name="position">Where the job lies until the store has it; null if it is in the store.</param>
    public AcceptAnswer(Guid id, TimeSpan wait, JobPosition? position = null) => (_id, _wait, _position) = (id, wait, position);

    /// <param name="pass">The pass of the request.</param>
    /// <param name="reason">Why the request was not stored.</param>
    public AcceptAnswer(AcceptPass pass, RejectionReason reason) => (_refusing, _reason) = (pass, reason);

    public int? StatusCode => _refusing is null ? StatusCodes.Status202Accepted : null;

    public Task ExecuteResultAsync(ActionContext context) => ExecuteAsync(context.HttpContext);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (_refusing is not null)
        {
            return _refusing.RefuseAsync(httpContext, _reason);
        }
        var address = StatusAddress.Of(httpContext, _id, _position);
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.Headers.Location = address;
        response.Headers.RetryAfter = Math.Clamp((long)Math.Ceiling(_wait.TotalSeconds), 1, 3_600).ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        return StatusJson.WriteAsync(response, new AcceptedView(JobId.ToText(_id), "waiting", address), DeferredJson.Default.AcceptedView);
    }
}
