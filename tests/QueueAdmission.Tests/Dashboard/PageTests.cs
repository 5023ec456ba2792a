using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace QueueAdmission.Dashboard;

public partial class PageTests
{
    private static Task<DashboardApp> StartAsync(Action<WebApplication, DashboardApp>? map = null) =>
        DashboardApp.StartAsync(dashboard => dashboard.AllowAnonymous(), map: map);

    [Fact]
    public async Task Page_ForBrowser_RunsNothingButItsOwn()
    {
        await using var app = await StartAsync();

        var page = await app.AskAsync("/queues", accept: "text/html,*/*;q=0.8");

        Assert.Equal((200, "text/html; charset=utf-8"), (page.Status, page.Headers.ContentType.ToString()));
        var policy = page.Headers.ContentSecurityPolicy.ToString();
        string[] rules =
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        ];
        foreach (var rule in rules)
            Assert.Contains(rule, policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page.Body, StringComparison.Ordinal);
        Assert.DoesNotMatch(InlineCode(), page.Body);
        Assert.DoesNotContain("http", page.Body, StringComparison.Ordinal);
        Assert.Equal(
            ("no-store", "nosniff", "no-referrer", "Accept"),
            (
                page.Headers.CacheControl.ToString(),
                page.Headers.XContentTypeOptions.ToString(),
                page.Headers["Referrer-Policy"].ToString(),
                page.Headers.Vary.ToString()));
    }

    [Fact]
    public async Task Page_EveryFileItNames_IsServedAndAskedForByChange()
    {
        await using var app = await StartAsync();
        var page = await app.AskAsync("/queues", accept: "text/html");
        var files = FileNames().Matches(page.Body).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(3, files.Count);

        for (var i = 0; i < files.Count; i++)
        {
            var file = await app.AskAsync($"/queues/~/{files[i]}");
            Assert.Equal(200, file.Status);
            var again = await app.AskAsync(
                $"/queues/~/{files[i]}", context => context.Request.Headers.IfNoneMatch = file.Headers.ETag);
            Assert.Equal((304, ""), (again.Status, again.Body));
            files.AddRange(Imports().Matches(file.Body).Select(match => match.Groups[1].Value).Except(files).ToList());
        }
        Assert.Contains("steering.js", files);
    }

    [Fact]
    public async Task Page_UnderHostilePath_IsEscaped()
    {
        await using var app = await StartAsync(
            (web, _) => web.MapGroup("/{tenant}").AllowAnonymous().MapQueueDashboard());

        var page = await app.AskAsync("/x\"><script>alert(1)<%2Fscript>/queues", accept: "text/html");

        Assert.Equal(200, page.Status);
        Assert.DoesNotContain("<script>", page.Body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("alert(1)<", page.Body, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Page_BelowPathBase_NamesItsFilesThere()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowAnonymous(), before: web => web.UsePathBase("/shop"));

        var page = await app.AskAsync("/shop/queues/", accept: "text/html");

        Assert.Contains("\"/shop/queues/~/main.js\"", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneQueue_ForBrowser_LeadsToItsPlaceOnThePage()
    {
        await using var app = await StartAsync();

        var answer = await app.AskAsync("/queues/LINE", accept: "text/html");

        Assert.Equal((302, "/queues#line"), (answer.Status, answer.Headers.Location.ToString()));
    }

    [Theory]
    [InlineData("//evil.example", "/evil.example/queues")]
    [InlineData("///evil.example/", "/evil.example/queues")]
    [InlineData("/\\evil.example", "/%5Cevil.example/queues")]
    [InlineData("/shop", "/shop/queues")]
    public async Task Page_BelowForwardedPrefix_NamesNoOtherHost(string prefix, string address)
    {
        await using var app =
            await DashboardApp.StartAsync(dashboard => dashboard.AllowAnonymous(), before: TrustForwardedPrefix);

        var page = await app.AskAsync(
            "/queues", context => context.Request.Headers["X-Forwarded-Prefix"] = prefix, accept: "text/html");
        var one = await app.AskAsync(
            "/queues/line", context => context.Request.Headers["X-Forwarded-Prefix"] = prefix, accept: "text/html");

        Assert.Equal((200, 302), (page.Status, one.Status));
        Assert.Contains($"\"{address}/~/main.js\"", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("\"//", page.Body, StringComparison.Ordinal);
        Assert.Equal($"{address}#line", one.Headers.Location.ToString());
        Assert.Equal("shop.example", new Uri(new Uri("https://shop.example/"), one.Headers.Location.ToString()).Host);
    }

    [Fact]
    public async Task Page_AtTheRoot_NamesItsFilesThere()
    {
        await using var app = await DashboardApp.StartAsync(
            map: (web, _) => web.MapQueueDashboard("").AllowAnonymous());

        var page = await app.AskAsync("/", accept: "text/html");
        var one = await app.AskAsync("/line", accept: "text/html");

        Assert.Contains("\"/~/main.js\"", page.Body, StringComparison.Ordinal);
        Assert.Equal("/#line", one.Headers.Location.ToString());
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Page_ByOtherMethod_IsNoPage(string method)
    {
        await using var app = await StartAsync();

        var answer = await app.AskAsync("/queues", method: method);

        Assert.Equal((405, "GET"), (answer.Status, answer.Headers.Allow.ToString()));
    }

    [Fact]
    public async Task Page_ByAMethodThatTheApplicationAnswers_IsTheApplications()
    {
        await using var app = await DashboardApp.StartAsync(map: (app, _) => app.MapPost("/{section}", () => "posted"));

        Assert.Equal(
            (200, "posted"),
            await app.AskAsync("/queues", method: "POST") is var answer ? (answer.Status, answer.Body) : default);
    }

    private static void TrustForwardedPrefix(WebApplication web)
    {
        var trusting = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedPrefix };
        trusting.KnownProxies.Clear();
        trusting.KnownIPNetworks.Clear();
        web.UseForwardedHeaders(trusting);
    }

    // Inline scripts and styles, and event handlers in attributes.
    [GeneratedRegex("<style|<script(?![^>]* src=)|\\son[a-z]+=|\\sstyle=", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();

    [GeneratedRegex("\"/queues/~/([^\"]+)\"")]
    private static partial Regex FileNames();

    [GeneratedRegex("from \"\\./([^\"]+)\"")]
    private static partial Regex Imports();
}
