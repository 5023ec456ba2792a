using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The answer for programs: <c>application/problem+json</c> (RFC 9457).</summary>
internal sealed class ProblemBody(PreparedRejection rejection)
{
    public const string ReasonKey = "reason";
    public const string QueueKey = "queue";
    public const string RetryAfterKey = "retryAfterSeconds";

    private readonly byte[] _json = Build(rejection);

    public Task WriteAsync(HttpResponse response, bool isHead)
    {
        response.ContentType = "application/problem+json";
        response.ContentLength = _json.Length;
        if (isHead)
        {
            return Task.CompletedTask;
        }
        var body = response.BodyWriter;
        body.Write(_json);
        return BodyFlush.FlushAsync(body);
    }

    private static byte[] Build(PreparedRejection rejection)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", rejection.Type);
            json.WriteString("title", rejection.Title);
            json.WriteNumber("status", rejection.StatusCode);
            json.WriteString("detail", rejection.Detail);
            json.WriteString(ReasonKey, rejection.Reason.ToWireName());
            json.WriteString(QueueKey, rejection.QueueName);
            json.WriteNumber(RetryAfterKey, rejection.Seconds);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
