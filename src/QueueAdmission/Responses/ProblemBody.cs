using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The refusal for programs: <c>application/problem+json</c> (RFC 9457).</summary>
internal sealed class ProblemBody(RejectionAnswer answer)
{
    public const string ReasonKey = "reason";
    public const string QueueKey = "queue";
    public const string RetryAfterKey = "retryAfterSeconds";

    private readonly byte[] _json = Build(answer);

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "application/problem+json";
        response.ContentLength = _json.Length;
        if (context.Request.Method == HttpMethods.Head)
            return Task.CompletedTask;
        var body = response.BodyWriter;
        body.Write(_json);
        return BodyFlush.FlushAsync(body);
    }

    private static byte[] Build(RejectionAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", answer.Type);
            json.WriteString("title", answer.Title);
            json.WriteNumber("status", answer.StatusCode);
            json.WriteString("detail", answer.Detail);
            json.WriteString(ReasonKey, answer.Reason.ToWireName());
            json.WriteString(QueueKey, answer.QueueName);
            json.WriteNumber(RetryAfterKey, answer.Seconds);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
