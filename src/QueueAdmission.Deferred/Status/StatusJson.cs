using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred;

/// <summary>Writes small JSON answers at once, with their content length.</summary>
internal static class StatusJson
{
    public static Task WriteAsync<T>(
        HttpResponse response,
        T value,
        JsonTypeInfo<T> type,
        string contentType = "application/json; charset=utf-8",
        CancellationToken? aborted = null)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, type);
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, aborted ?? response.HttpContext.RequestAborted).AsTask();
    }

    public static Task WriteProblemAsync(HttpResponse response, int status, string title)
    {
        response.StatusCode = status;
        return WriteAsync(
            response, new StatusProblem(title, status), DeferredJson.Default.StatusProblem, "application/problem+json");
    }
}
