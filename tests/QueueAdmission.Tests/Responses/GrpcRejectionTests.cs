using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Responses;

public sealed class GrpcRejectionTests
{
    [Fact]
    public async Task Write_OverHttp2_IsTrailersOnlyUnavailable()
    {
        await using var server = await RefusingServer.StartAsync();
        using var message = new HttpRequestMessage(
            HttpMethod.Post, "/shop.Orders/Buy")
        { Content = new ByteArrayContent([0, 0, 0, 0, 0]) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        message.Headers.TE.ParseAdd("trailers");

        using var response = await server.Http2.SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType!.MediaType);
        // The status is in the headers of a response without a body. gRPC calls this form "Trailers-Only".
        Assert.Equal("14", Assert.Single(response.Headers.GetValues("grpc-status")));
        Assert.Equal("12000", Assert.Single(response.Headers.GetValues("grpc-retry-pushback-ms")));
        Assert.Contains("queue_full", Assert.Single(response.Headers.GetValues("grpc-message")));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Empty(response.TrailingHeaders);
    }

    [Theory]
    [InlineData("application/grpc+proto", "application/grpc")]
    [InlineData("application/grpc; x=y", "application/grpc")]
    [InlineData("application/grpc-web+proto", "application/grpc-web+proto")]
    public async Task Write_FlavoursOfGrpc_AreAnsweredInKind(string requested, string answered)
    {
        var request = new RejectedRequest("POST", "text/html");
        request.Context.Request.ContentType = requested;

        await request.RefuseAsync();

        Assert.Equal(answered, request.Response.ContentType);
        Assert.Equal("14", request.Response.Headers["grpc-status"]);
        Assert.Equal("no-store", request.Response.Headers.CacheControl);
        Assert.Empty(request.Body);
    }

    public static TheoryData<RejectionReason> Reasons => [.. Enum.GetValues<RejectionReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task Write_EachReason_NeedsNoPercentEncoding(RejectionReason reason)
    {
        var request = new RejectedRequest("POST");
        request.Context.Request.ContentType = "application/grpc";

        await request.RefuseAsync(new Rejection(reason, TimeSpan.FromSeconds(1)));

        Assert.All(
            request.Response.Headers["grpc-message"].ToString(),
            letter => Assert.True(letter is >= ' ' and <= '~' and not '%'));
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task Write_EachReason_HasItsStatus(RejectionReason reason)
    {
        var request = new RejectedRequest("POST");
        request.Context.Request.ContentType = "application/grpc";

        await request.RefuseAsync(new Rejection(reason, TimeSpan.FromSeconds(1)));

        // RESOURCE_EXHAUSTED (8) if other callers are still served, UNAVAILABLE (14) otherwise.
        Assert.Equal(
            reason is RejectionReason.PartitionFull or RejectionReason.KeyLimit ? "8" : "14",
            request.Response.Headers["grpc-status"]);
    }

    [Fact]
    public async Task Hook_ForGrpc_SeesTheStatusThatIsSent()
    {
        var seen = 0;
        var request = new RejectedRequest("POST");
        request.Context.Request.ContentType = "application/grpc";

        await request.RefuseAsync(onRejected: context =>
        {
            seen = context.HttpContext.Response.StatusCode;
            return ValueTask.CompletedTask;
        });

        Assert.Equal(StatusCodes.Status200OK, seen);
        Assert.Equal("14", request.Response.Headers["grpc-status"]);
    }
}
