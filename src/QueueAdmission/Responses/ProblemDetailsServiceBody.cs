using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>The refusal for programs, where the application says what its problem details look like.</summary>
internal static class ProblemDetailsServiceBody
{
    /// <summary>Through the application's service; directly if there is none, if it writes nothing for this client, or if there is no body to write.</summary>
    public static async Task WriteAsync(HttpContext context, RejectionAnswer answer)
    {
        if (!HttpMethods.IsHead(context.Request.Method)
            && context.RequestServices.GetService<IProblemDetailsService>() is { } service
            && await service.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = Describe(answer) }))
        {
            return;
        }
        await answer.Problem.WriteAsync(context);
    }

    // Made anew each time, because customisations write into it.
    private static ProblemDetails Describe(RejectionAnswer answer) => new()
    {
        Type = answer.Type,
        Title = answer.Title,
        Status = answer.StatusCode,
        Detail = answer.Detail,
        Extensions =
        {
            [ProblemBody.ReasonKey] = answer.Reason.ToWireName(),
            [ProblemBody.QueueKey] = answer.QueueName,
            [ProblemBody.RetryAfterKey] = answer.Seconds,
        },
    };
}
