using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>The answer for programs if the application customises its problem details.</summary>
internal static class ProblemDetailsServiceBody
{
    /// <summary>Writes the problem through the application's service.</summary>
    /// <remarks>
    /// The built-in answer is written instead if there is no service, if the service writes nothing for this client or
    /// throws, or if the answer has no body.
    /// </remarks>
    public static async Task WriteAsync(RejectionContext rejected)
    {
        var context = rejected.HttpContext;
        try
        {
            if (!HttpMethods.IsHead(context.Request.Method)
                && context.RequestServices.GetService<IProblemDetailsService>() is { } service
                && await service.TryWriteAsync(
                    new() { HttpContext = context, ProblemDetails = Describe(rejected.Prepared) }))
            {
                return;
            }
        }
#pragma warning disable CA1031 // The service, its writers and the container that makes them are the application's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            rejected.Queue.Rejections.ServiceFailures.Report(context, exception);
            if (!ForeignAnswer.TryTakeBack(context, rejected.Prepared.StatusCode))
            {
                return;
            }
        }
        await rejected.Prepared.Problem.WriteAsync(context.Response, rejected.IsHead);
    }

    // Created for each answer, because customisations modify it.
    private static ProblemDetails Describe(PreparedRejection rejection) => new()
    {
        Type = rejection.Type,
        Title = rejection.Title,
        Status = rejection.StatusCode,
        Detail = rejection.Detail,
        Extensions =
        {
            [ProblemBody.ReasonKey] = rejection.Reason.ToWireName(),
            [ProblemBody.QueueKey] = rejection.QueueName,
            [ProblemBody.RetryAfterKey] = rejection.Seconds,
        },
    };
}
