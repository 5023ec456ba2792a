using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace QueueAdmission;

/// <summary>The refusal for programs: <c>application/problem+json</c> (RFC 9457).</summary>
internal sealed class ProblemBody
{
    public const string ReasonKey = "reason";
    public const string QueueKey = "queue";
    public const string RetryAfterKey = "retryAfterSeconds";

    private readonly byte[] _json;
    private readonly StringValues _length;

    public ProblemBody(RejectionAnswer answer)
    {
        _json = Build(answer);
        _length = _json.Length.ToString(CultureInfo.InvariantCulture);
    }

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "application/problem+json";
        // As text, because not every server keeps the number: some would make the same text again for each answer.
        response.Headers[HeaderNames.ContentLength] = _length;
        if (HttpMethods.IsHead(context.Request.Method))
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
