using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Responses;

public sealed class BrowserPageTests
{
    [Fact]
    public async Task Write_Get_ReloadsItselfAfterThatTime()
    {
        var request = await new RejectedRequest("GET", "text/html").RefuseAsync();

        Assert.Equal("text/html; charset=utf-8", request.Response.ContentType);
        Assert.Contains("<meta http-equiv=\"refresh\" content=\"12\">", request.Body);
        Assert.Contains("tries again automatically in about <b>12 seconds</b>", request.Body);
        Assert.Contains("<html lang=\"en\">", request.Body);
    }

    [Fact]
    public async Task Write_OnlyThisVisitorAskedForTooMuch_SaysSo()
    {
        var request = await new RejectedRequest("GET", "text/html")
            .RefuseAsync(new Rejection(RejectionReason.PartitionFull, TimeSpan.FromSeconds(12)));

        Assert.Equal(429, request.Response.StatusCode);
        Assert.Contains("more at once than one visitor may", request.Body);
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
    public async Task Write_AnyReason_NamesNeitherQueueNorReasonToThePublic()
    {
        foreach (var reason in Enum.GetValues<RejectionReason>())
        {
            var request = await new RejectedRequest("GET", "text/html")
                .RefuseAsync(new Rejection(reason, TimeSpan.FromSeconds(12)));

            Assert.DoesNotContain("checkout", request.Body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(reason.ToWireName(), request.Body, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(request.Response.ContentLength, System.Text.Encoding.UTF8.GetByteCount(request.Body));
        }
    }

    [Theory]
    [InlineData("zh", "zh-CN", "大约 <b>12 秒</b>后自动重试")]
    [InlineData("zh-TW", "zh-CN", "大约 <b>12 秒</b>后自动重试")]
    [InlineData("en-GB", "en", "in about <b>12 seconds</b>")]
    [InlineData("de", "en", "in about <b>12 seconds</b>")]
    public async Task Write_RequestLocalization_DecidesTheLanguage(string culture, string language, string words)
    {
        await using var server = await RefusingServer.StartAsync(
            outer: app => app.UseRequestLocalization(culture, "en"));
        using var message = new HttpRequestMessage(HttpMethod.Get, $"/?culture={culture}");
        message.Headers.Accept.ParseAdd("text/html");

        using var response = await server.Http1.SendAsync(message, TestContext.Current.CancellationToken);

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"<html lang=\"{language}\">", body, StringComparison.Ordinal);
        Assert.Contains(
            words.Replace("12", response.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ToString("0")),
            body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_NoRequestLocalization_AcceptLanguageDecidesNothing()
    {
        var request = new RejectedRequest("GET", "text/html");
        request.Context.Request.Headers.AcceptLanguage = "zh-CN";

        await request.RefuseAsync();

        Assert.Contains("<html lang=\"en\">", request.Body);
    }

    [Fact]
    public async Task Write_TwoLanguagesInTurn_EachGetsItsOwn()
    {
        var queue = RejectedRequest.NewQueue();
        foreach (var culture in (string[])["zh", "en", "zh"])
        {
            var request = new RejectedRequest("GET", "text/html");
            request.Context.Features.Set<IRequestCultureFeature>(
                new RequestCultureFeature(new RequestCulture(culture), provider: null));

            await request.RefuseAsync(queue: queue);

            Assert.Contains(culture == "zh" ? "请稍等片刻" : "Just a moment", request.Body);
        }
    }

    [Fact]
    public async Task Write_StyleOfTheApplication_ComesLastInsideOfTheStyle()
    {
        await using var app = await TestApp.StartAsync(
            "",
            web =>
            {
                web.UseRouting().UseQueuedAdmission();
                web.MapGet("/", () => "open").WithQueue();
            },
            services => services.AddQueuedAdmission(
                o => o.RejectionPageStyle = ":root { --refusal-accent: #9c2a00; }"));
        using var full = app.Queue().RefuseAll();
        using var message = new HttpRequestMessage(HttpMethod.Get, "/");
        message.Headers.Accept.ParseAdd("text/html");

        using var response = await app.Client.SendAsync(message, TestContext.Current.CancellationToken);

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Matches(
            @"--refusal-accent: var\(--refusal-text\)[\s\S]*:root \{ --refusal-accent: #9c2a00; \}\s*</style>", body);
    }

    [Fact]
    public void Style_CouldEndTheStyle_IsNotTaken() =>
        Assert.Throws<ArgumentException>(
            () => new QueuedAdmissionOptions().RejectionPageStyle = "</style><script>");

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
