using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Responses;

public sealed class BrowserPageTests
{
    [Fact]
    public async Task Write_Get_ReloadsItselfAfterThatTime()
    {
        var request = await new RejectedRequest("GET", "text/html").RefuseAsync();

        Assert.Equal("text/html; charset=utf-8", request.Response.ContentType);
        Assert.Contains("<meta http-equiv=\"refresh\" content=\"12\">", request.Body);
        Assert.Contains("tries again by itself in about <b>12 seconds</b>", request.Body);
        Assert.Contains("checkout: queue_full", request.Body);
    }

    [Fact]
    public async Task Write_OnlyThisVisitorAskedForTooMuch_SaysSo()
    {
        var request = await new RejectedRequest("GET", "text/html")
            .RefuseAsync(new Rejection(RejectionReason.PartitionFull, TimeSpan.FromSeconds(12)));

        Assert.Equal(429, request.Response.StatusCode);
        Assert.Contains("more at once than one visitor may", request.Body);
        Assert.Contains("checkout: partition_full", request.Body);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Write_NotAGet_NeverRepeatsTheRequest(string method)
    {
        var request = await new RejectedRequest(method, "text/html").RefuseAsync();

        Assert.DoesNotContain("refresh", request.Body);
        Assert.DoesNotContain("Refresh", request.Response.Headers.Keys);
        Assert.Contains("not carried out", request.Body);
    }

    [Fact]
    public async Task Write_Page_NeedsNothingFromElsewhereAndNoScript()
    {
        var request = await new RejectedRequest("GET", "text/html").RefuseAsync();

        Assert.Equal("default-src 'none'; style-src 'unsafe-inline'", request.Response.Headers.ContentSecurityPolicy);
        Assert.DoesNotContain("<script", request.Body);
        Assert.DoesNotContain("http://", request.Body);
        Assert.DoesNotContain("https://", request.Body);
        Assert.DoesNotContain("url(", request.Body);
    }

    [Fact]
    public async Task Write_ProblemDetailsRegistered_ABrowserStillGetsThePage()
    {
        await using var server = await RefusingServer.StartAsync(services: services => services.AddProblemDetails());
        using var message = new HttpRequestMessage(HttpMethod.Get, "/");
        message.Headers.Accept.ParseAdd("text/html");

        using var response = await server.Http1.SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
    }
}
