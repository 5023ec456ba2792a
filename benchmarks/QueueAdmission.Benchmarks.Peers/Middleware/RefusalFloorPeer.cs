using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Benchmarks;

/// <summary>The answer without a decision: the headers of a rejection, and a body of the same length.</summary>
public sealed class RefusalFloorPeer : Peer
{
    private static readonly StringValues Seconds = "7";
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues Accept = "Accept";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(new string('x', 230));

    public override void Use(IApplicationBuilder app) => app.Use(next => context =>
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        var headers = response.Headers;
        headers.RetryAfter = Seconds;
        headers.CacheControl = NoStore;
        headers.Vary = Accept;
        response.ContentType = "application/problem+json";
        response.ContentLength = Body.Length;
        response.BodyWriter.Write(Body);
        _ = response.BodyWriter.FlushAsync();
        return Task.CompletedTask;
    });
}
