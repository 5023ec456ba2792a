using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission.Deferred;

/// <summary>Sends a client the stored response of a handler.</summary>
internal static class StoredAnswer
{
    /// <param name="access">The store.</param>
    /// <param name="id">The job.</param>
    /// <param name="result">The stored result of the job.</param>
    /// <returns>The response, or null if the result cannot be read, for example because its key is missing.</returns>
    public static StoredResponse? Read(JobStoreAccess access, Guid id, byte[] result)
    {
        try
        {
            return ResponseCodec.Read(id, access.Protector!.UnprotectResponse(result));
        }
        catch (Exception exception) when (exception is CryptographicException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Writes status, headers and body.</summary>
    /// <param name="context">The request of the client.</param>
    /// <param name="stored">The response of the handler.</param>
    /// <param name="addHeaders">Adds headers to the headers of the handler.</param>
    public static Task WriteAsync(HttpContext context, StoredResponse stored, Action<HttpResponse>? addHeaders = null)
    {
        var response = context.Response;
        response.StatusCode = stored.StatusCode;
        if (stored.ReasonPhrase is { } phrase && context.Features.Get<IHttpResponseFeature>() is { } feature)
        {
            feature.ReasonPhrase = phrase;
        }
        foreach (var (name, values) in stored.Headers)
        {
            response.Headers[name] = values;
        }
        addHeaders?.Invoke(response);
        if (stored.StatusCode is StatusCodes.Status204NoContent
            or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
        {
            return Task.CompletedTask;
        }
        response.ContentLength = stored.Body.Length;
        return response.Body.WriteAsync(stored.Body, context.RequestAborted).AsTask();
    }
}
