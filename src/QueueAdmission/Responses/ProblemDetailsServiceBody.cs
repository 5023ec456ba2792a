using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>The refusal for programs, where the application says what its problem details look like.</summary>
internal static class ProblemDetailsServiceBody
{
    /// <summary>
    /// Through the application's service; directly if there is none, if it writes nothing for this client or throws, or
    /// if there is no body to write.
    /// </summary>
    public static async Task WriteAsync(HttpContext context, AdmissionQueue queue, RejectionAnswer answer)
    {
        try
        {
            if (!HttpMethods.IsHead(context.Request.Method)
                && context.RequestServices.GetService<IProblemDetailsService>() is { } service
                && await service.TryWriteAsync(new() { HttpContext = context, ProblemDetails = Describe(answer) }))
            {
                return;
            }
        }
        catch (Exception exception)
        {
            // The service, its writers, what customises them, and the container that makes them are the application's.
            queue.Answers.ReportServiceFailure(context, queue, exception);
            if (!ForeignAnswer.TryTakeBack(context, answer.StatusCode))
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
