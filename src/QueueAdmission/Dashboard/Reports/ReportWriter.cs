using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Writes a report as the answer.</summary>
internal static class ReportWriter
{
    public static Task WriteAsync<T>(
        HttpContext context, T report, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = status < StatusCodes.Status400BadRequest
            ? "application/json"
            : "application/problem+json";
        SafeHeaders.SetForData(response);
        return JsonSerializer.SerializeAsync(response.Body, report, type, context.RequestAborted);
    }
}
