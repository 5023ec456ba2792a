using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace QueueAdmission.Responses;

/// <summary>A refused request without a server, and the answer to its client.</summary>
internal sealed class RejectedRequest
{
    public static readonly Rejection Full = new(RejectionReason.QueueFull, TimeSpan.FromSeconds(12));

    private readonly MemoryStream _body = new();

    public RejectedRequest(string method = "GET", string? accept = null)
    {
        Context.Response.Body = _body;
        Context.Request.Method = method;
        Context.Request.Protocol = HttpProtocol.Http11;
        Context.Request.Headers.Accept = accept;
    }

    public DefaultHttpContext Context { get; } = new();

    public HttpResponse Response => Context.Response;

    public string Body => Encoding.UTF8.GetString(_body.ToArray());

    public JsonElement Json => JsonDocument.Parse(_body.ToArray()).RootElement;

    public IQueueRejectionFeature? Feature => Context.Features.Get<IQueueRejectionFeature>();

    public static RequestQueue NewQueue(
        string name = "checkout",
        int status = 503,
        TimeProvider? time = null,
        ILogger? logger = null,
        Func<RejectionContext, ValueTask>? onRejected = null,
        params IReadOnlyList<IRejectionWriter> writers)
    {
        var options = new RequestQueueOptions
        {
            RejectionStatusCode = status,
            OnRejected = onRejected,
            RejectionWriters = writers,
        };
        return new(new JobQueue(options, time, name: name), logger ?? NullLogger.Instance);
    }

    public async Task<RejectedRequest> RefuseAsync(
        Rejection? rejection = null,
        RequestQueue? queue = null,
        Func<RejectionContext, ValueTask>? onRejected = null,
        TimeSpan waited = default,
        params IReadOnlyList<IRejectionWriter> writers)
    {
        await RejectionResponder.RespondAsync(
            Context, queue ?? NewQueue(), rejection ?? Full, waited, new RejectionHandling(onRejected, writers));
        return this;
    }
}
