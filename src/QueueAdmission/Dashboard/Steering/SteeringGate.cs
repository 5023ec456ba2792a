using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>
/// Checks every change by an operator: the user must satisfy the policy, and the request must be deliberate. A refused
/// change is answered with a problem. It is also logged if the status is 403.
/// </summary>
internal sealed partial class SteeringGate(SteeringPolicy policy, ILogger logger)
{
    /// <param name="context">The request.</param>
    /// <param name="title">The title of the problem if the change is refused.</param>
    /// <param name="act">Makes the change and answers.</param>
    public async Task PassAsync(HttpContext context, string title, Func<Task> act)
    {
        try
        {
            if (!await policy.AllowsAsync(context))
            {
                throw new SteeringException(
                    StatusCodes.Status403Forbidden, "You may view the queues, but not steer them.");
            }
            if (!SteeringPolicy.IsDeliberate(context.Request))
            {
                throw new SteeringException(
                    StatusCodes.Status403Forbidden,
                    "A change must come from this site or from a program, and carry the header " +
                    $"{SteeringPolicy.ProofHeader}.");
            }
            await act();
        }
        catch (SteeringException refusal)
        {
            await RefuseAsync(context, title, refusal.Status, refusal.Message);
        }
        catch (OptionsValidationException invalid)
        {
            await RefuseAsync(context, title, StatusCodes.Status400BadRequest, string.Join(" ", invalid.Failures));
        }
        catch (InvalidOperationException conflict) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, title, StatusCodes.Status409Conflict, conflict.Message);
        }
    }

    private Task RefuseAsync(HttpContext context, string title, int status, string detail)
    {
        if (status == StatusCodes.Status403Forbidden)
        {
            LogRefused(logger, OperatorName.Of(context.User), detail);
        }
        return ReportWriter.WriteAsync(
            context, new DashboardProblem(title, status, detail), ReportJson.Default.DashboardProblem, status);
    }

    [LoggerMessage(EventId = 81, EventName = "SteeringRefused", Level = LogLevel.Warning,
        Message = "A change by {Operator} was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string @operator, string reason);
}
