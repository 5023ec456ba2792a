using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Dashboard;

/// <summary>Verifies which requests may view the dashboard.</summary>
public class LookingTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost:5080")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "[::1]:5080")]
    [InlineData("::ffff:127.0.0.1", "LOCALHOST")]
    public async Task Look_DevelopmentAndDirectLocal_Answers(string remote, string host)
    {
        await using var app = await DashboardApp.StartAsync(environment: "Development");

        var answer = await app.AskAsync("/queues", From(remote, host));

        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain(app.Log.GetSnapshot(), line => line.Level >= LogLevel.Warning);
    }

    [Theory]
    [InlineData("/queues")]
    [InlineData("/queues/")]
    [InlineData("/queues/line")]
    [InlineData("/queues/line/waiting")]
    [InlineData("/queues/line/running")]
    [InlineData("/queues/~/main.js")]
    [InlineData("/queues/~/history")]
    public async Task Look_NothingSaidOutsideDevelopment_IsNotFoundAndWarnedOfOnce(string path)
    {
        await using var app = await DashboardApp.StartAsync();

        var answer = await app.AskAsync(path);

        Assert.Equal((404, ""), (answer.Status, answer.Body));
        var warning = Assert.Single(app.Log.GetSnapshot(), line => line.Level == LogLevel.Warning);
        Assert.Equal(80, warning.Id.Id);
        Assert.Contains("RequireAuthorization", warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/queues")]
    [InlineData("OPTIONS", "/queues/line")]
    [InlineData("HEAD", "/queues/line/waiting")]
    [InlineData("DELETE", "/queues/line/running")]
    [InlineData("PUT", "/queues/~/main.js")]
    public async Task Look_ByAnyMethodWhereNothingIsSaid_IsNotFound(string method, string path)
    {
        await using var app = await DashboardApp.StartAsync();

        var answer = await app.AskAsync(path, method: method);

        Assert.Equal((404, "", ""), (answer.Status, answer.Body, answer.Headers.Allow.ToString()));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("MADEUP")]
    public async Task Steer_WhereNothingIsSaidAboutLooking_IsNotFoundByAnyMethod(string method)
    {
        await using var app = await DashboardApp.StartAsync(dashboard => dashboard.AllowSteering("steer"));

        string[] paths =
        [
            "/queues/line/overrides/Workers",
            "/queues/line/overrides/Workers/",
            "/queues/nosuch/overrides/nosuch",
        ];
        foreach (var path in paths)
        {
            foreach (var user in (string?[])[null, "alice steer"])
            {
                var answer = await app.SteerAsync(path, user: user, method: method);
                Assert.Equal(
                    (404, "", "", ""),
                    (
                        answer.Status,
                        answer.Body,
                        answer.Headers.Allow.ToString(),
                        answer.Headers.WWWAuthenticate.ToString()));
            }
        }
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("POST")]
    public async Task Steer_DevelopmentFromElsewhere_IsNotFoundByAnyMethod(string method)
    {
        await using var app =
            await DashboardApp.StartAsync(dashboard => dashboard.AllowSteering("steer"), environment: "Development");

        var answer = await app.SteerAsync(user: null, change: From("10.1.2.3", "localhost"), method: method);

        Assert.Equal((404, "", ""), (answer.Status, answer.Body, answer.Headers.Allow.ToString()));
    }

    [Fact]
    public async Task Steer_DevelopmentAndDirectLocal_StillNeedsThePolicy()
    {
        await using var app =
            await DashboardApp.StartAsync(dashboard => dashboard.AllowSteering("steer"), environment: "Development");

        Assert.Equal(401, (await app.SteerAsync(user: null)).Status);
        Assert.Equal(403, (await app.SteerAsync(user: "bob")).Status);
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
        Assert.Equal(200, (await app.SteerAsync(user: "alice steer")).Status);
        Assert.Equal(4, app.Line.Queue.GetSnapshot().Workers);
        Assert.Equal(405, (await app.SteerAsync(user: "alice steer", method: "POST")).Status);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Steer_ByOtherMethodWithoutLeaveToLook_IsAnsweredLikeLooking(string method)
    {
        await using var app =
            await DashboardApp.StartAsync(dashboard => dashboard.RequireAuthorization("look").AllowSteering("steer"));

        var answer = await app.SteerAsync(user: null, method: method);

        Assert.Equal((401, ""), (answer.Status, answer.Headers.Allow.ToString()));
    }

    [Fact]
    public async Task Look_NothingSaidOutsideDevelopment_LeavesTheAddressToOtherEndpoints()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard =>
                dashboard.AllowSteering("steer"), map: (web, _) =>
                    web.MapFallback("{**path}", (string path) => $"page for {path}"));

        foreach (var path in (string[])["queues", "queues/line/overrides/Workers", "nothing/at/all"])
        {
            Assert.Equal(
                (200, $"page for {path}"),
                await app.AskAsync($"/{path}") is var answer ? (answer.Status, answer.Body) : default);
        }
    }

    [Fact]
    public async Task Look_NothingSaidInOneOfTwoDashboards_HidesThatOneOnly()
    {
        await using var app = await DashboardApp.StartAsync(
            map: (web, _) => web.MapQueueDashboard("/open").AllowAnonymous());

        Assert.Equal(404, (await app.AskAsync("/queues/line")).Status);
        Assert.Equal(200, (await app.AskAsync("/open/line")).Status);
    }

    [Theory]
    [InlineData("10.1.2.3", "localhost")]
    [InlineData(null, "localhost")]
    [InlineData("127.0.0.1", "evil.example")]
    [InlineData("127.0.0.1", "localhost.evil.example")]
    [InlineData("127.0.0.1", "127.0.0.1.evil.example")]
    [InlineData("127.0.0.1", "10.1.2.3")]
    [InlineData("127.0.0.1", "")]
    public async Task Look_FromElsewhereOrUnderForeignName_IsNotFound(string? remote, string host)
    {
        await using var app = await DashboardApp.StartAsync(environment: "Development");

        Assert.Equal(404, (await app.AskAsync("/queues", From(remote, host))).Status);
    }

    [Theory]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("x-forwarded-host", "localhost")]
    [InlineData("X-Forwarded-Proto", "")]
    [InlineData("X-Original-For", "127.0.0.1:5")]
    [InlineData("x-original-url", "/")]
    [InlineData("X-Real-IP", "::1")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Look_ThroughProxyOnSameMachine_IsNotFound(string header, string value)
    {
        await using var app = await DashboardApp.StartAsync(environment: "Development");

        Assert.Equal(404, (await app.AskAsync("/queues", context => context.Request.Headers[header] = value)).Status);
    }

    [Fact]
    public async Task Look_ThroughProxyThatAddsNothing_IsNotFound()
    {
        // The headers that nginx sends if its configuration contains only proxy_pass http://localhost:5080.
        await using var app = await DashboardApp.StartAsync(environment: "Development");

        Assert.Equal(
            404, (await app.AskAsync("/queues", context => context.Request.Protocol = HttpProtocol.Http10)).Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "X-Original-For")]
    [InlineData("True-Client-IP", "X-Original-For")]
    public async Task Look_ForwardedHeadersTrustedFromAllProxies_IsNotFound(string forwarded, string original)
    {
        var trusting = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.All,
            ForwardedForHeaderName = forwarded,
            OriginalForHeaderName = original,
        };
        trusting.KnownProxies.Clear();
        trusting.KnownIPNetworks.Clear();
        await using var app =
            await DashboardApp.StartAsync(environment: "Development", before: web => web.UseForwardedHeaders(trusting));

        var answer = await app.AskAsync("/queues", context =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse("10.1.2.3");
            context.Request.Host = new HostString("shop.example");
            context.Request.Headers[forwarded] = "127.0.0.1";
            context.Request.Headers["X-Forwarded-Host"] = "localhost";
        });

        Assert.Equal(404, answer.Status);
    }

    [Fact]
    public async Task Look_AddressRewrittenWithoutTrace_IsNotFoundBecauseOfTheSocket()
    {
        // A sidecar on a Unix socket, and a middleware that replaces the address with an address that the client
        // chooses.
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        await using var app = await DashboardApp.StartAsync(environment: "Development");

        var answer = await app.AskAsync(
            "/queues", context => context.Features.Set<IConnectionSocketFeature>(new SocketFeature(client)));

        Assert.Equal(404, answer.Status);
        File.Delete(path);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:9999")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Look_ByScriptOfOtherSite_IsNotFound(string header, string value)
    {
        await using var app = await DashboardApp.StartAsync(environment: "Development");

        Assert.Equal(404, (await app.AskAsync("/queues", context => context.Request.Headers[header] = value)).Status);
    }

    [Fact]
    public async Task Look_ByLinkOnOtherSite_Answers()
    {
        await using var app = await DashboardApp.StartAsync(environment: "Development");

        var answer = await app.AskAsync("/queues", context =>
        {
            context.Request.Headers["Sec-Fetch-Site"] = "cross-site";
            context.Request.Headers["Sec-Fetch-Mode"] = "navigate";
            context.Request.Headers["Sec-Fetch-Dest"] = "document";
        });

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Look_AuthorizationRequired_IsForAuthorizedUsersFromAnywhere()
    {
        await using var app = await DashboardApp.StartAsync(dashboard => dashboard.RequireAuthorization("look"));

        Assert.Equal(401, (await app.AskAsync("/queues")).Status);
        Assert.Equal(401, (await app.AskAsync("/queues/~/main.js")).Status);
        Assert.Equal(200, (await app.AskAsync("/queues", From("10.1.2.3", "shop.example"), user: "bob")).Status);
        Assert.DoesNotContain(app.Log.GetSnapshot(), line => line.Id.Id == 80);
    }

    [Fact]
    public async Task Look_AllowAnonymous_IsForAllRequests()
    {
        await using var app = await DashboardApp.StartAsync(dashboard => dashboard.AllowAnonymous());

        Assert.Equal(200, (await app.AskAsync("/queues", From("10.1.2.3", "shop.example"))).Status);
    }

    [Fact]
    public async Task Look_InGroupThatRequiresAuthorization_IsItsBusiness()
    {
        await using var app = await DashboardApp.StartAsync(
            map: (web, _) => web.MapGroup("/admin").RequireAuthorization("look").MapQueueDashboard());

        Assert.Equal(401, (await app.AskAsync("/admin/queues")).Status);
        Assert.Equal(200, (await app.AskAsync("/admin/queues", user: "bob")).Status);
    }

    [Fact]
    public async Task Look_FallbackQueueFull_IsNotQueued()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowAnonymous(),
            settings: "Queues:line:Workers=1 Queues:line:PartitionCapacity=0 FallbackQueue=line");
        var work = app.WorkAsync();
        await app.Gate.EnteredAsync(1);

        var answer = await app.AskAsync("/queues/line");

        Assert.Equal(1, answer.Json.GetProperty("running").GetInt32());
        Assert.Equal(1, answer.Json.GetProperty("totals").GetProperty("arrived").GetInt32());
        app.Gate.LetOut();
        await work;
    }

    private static Action<HttpContext> From(string? remote, string host) => context =>
    {
        context.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        context.Request.Host = new HostString(host);
    };

    private sealed class SocketFeature(Socket socket) : IConnectionSocketFeature
    {
        public Socket Socket { get; } = socket;
    }
}
