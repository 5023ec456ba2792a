using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using QueueAdmission.Doubles;

namespace QueueAdmission.Dashboard;

/// <summary>
/// An application with a queue <c>line</c> and a dashboard at <c>/queues</c>. A test chooses the origin and the user of
/// each request.
/// </summary>
internal sealed class DashboardApp : IAsyncDisposable
{
    public const string Workers = "/queues/line/overrides/Workers";

    private readonly WebApplication _app;

    private DashboardApp(WebApplication app, CountingTimeProvider clock) => (_app, Clock) = (app, clock);

    public CountingTimeProvider Clock { get; }

    public Gate Gate { get; } = new();

    public FakeLogCollector Log => _app.Services.GetFakeLogCollector();

    public IServiceProvider Services => _app.Services;

    public JobQueueRegistry Registry => JobQueueRegistry.For(_app.Services);

    public RequestQueue Line => Registry.Find("line")!;

    /// <param name="open">Configures the authorization for viewing and steering.</param>
    /// <param name="environment">The environment of the host.</param>
    /// <param name="before">Adds middleware in front of all other middleware.</param>
    /// <param name="services">Registers additional services.</param>
    /// <param name="settings">Settings in the section, separated by spaces.</param>
    /// <param name="map">Maps additional endpoints.</param>
    public static async Task<DashboardApp> StartAsync(
        Action<QueueDashboardEndpointConventionBuilder>? open = null,
        string environment = "Production",
        Action<WebApplication>? before = null,
        Action<IServiceCollection>? services = null,
        string settings = "Queues:line:Workers=1 Queues:line:Partitions=2",
        Action<WebApplication, DashboardApp>? map = null)
    {
        var clock = new CountingTimeProvider();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection(settings.Split(' ').Select(setting => setting.Split('=', 2))
            .Select(pair => KeyValuePair.Create<string, string?>($"QueuedAdmission:{pair[0]}", pair[1])));
        builder.Logging.AddFakeLogging().SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(clock).AddRouting();
        builder.Services.AddAuthentication("Header")
            .AddScheme<AuthenticationSchemeOptions, HeaderIdentity>("Header", null);
        builder.Services.AddAuthorization(options =>
        {
            options.AddPolicy("look", policy => policy.RequireAuthenticatedUser());
            options.AddPolicy("steer", policy => policy.RequireClaim("may", "steer"));
            options.AddPolicy("anybody", policy => policy.RequireAssertion(_ => true));
        });
        services?.Invoke(builder.Services);
        var app = builder.Build();
        var dashboard = new DashboardApp(app, clock);
        before?.Invoke(app);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseQueuedAdmission();
        app.MapMethods("/jobs/{id}", ["GET", "POST"], dashboard.Gate.PassAsync).WithQueue("line");
        map?.Invoke(app, dashboard);
        var mapped = app.MapQueueDashboard();
        open?.Invoke(mapped);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return dashboard;
    }

    /// <summary>Sends a request, by default as an anonymous browser on this machine.</summary>
    public async Task<Answer> AskAsync(
        string path,
        Action<HttpContext>? change = null,
        string method = "GET",
        string accept = "application/json",
        string? body = null,
        string? user = null)
    {
        var context = await _app.GetTestServer().SendAsync(context =>
        {
            context.Request.Method = method;
            var query = path.IndexOf('?');
            context.Request.Path = query < 0 ? path : path[..query];
            context.Request.QueryString = query < 0 ? default : new QueryString(path[query..]);
            context.Request.Host = new HostString("localhost:5080");
            context.Request.Protocol = HttpProtocol.Http11;
            context.Request.Headers.Accept = accept;
            context.Connection.RemoteIpAddress = IPAddress.Loopback;
            if (user is not null)
                context.Request.Headers["User"] = user;
            if (body is not null)
            {
                context.Request.ContentType = "application/json";
                context.Request.Headers["X-Queued-Admission"] = "test";
                context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
            }
            change?.Invoke(context);
        }, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(context.Response.Body);
        return new Answer(
            context.Response.StatusCode,
            await reader.ReadToEndAsync(TestContext.Current.CancellationToken),
            context.Response.Headers);
    }

    public Task<Answer> SteerAsync(
        string path = Workers,
        string body = """{"value": 4}""",
        string? user = "alice steer",
        Action<HttpContext>? change = null,
        string method = "PUT") =>
        AskAsync(path, change, method, body: body, user: user);

    /// <summary>
    /// Sends a request that will wait at the gate or in the queue. The returned task completes when the request has
    /// ended.
    /// </summary>
    public Task<HttpResponseMessage> WorkAsync(string path = "/jobs/7?card=4711", string method = "POST") =>
        _app.GetTestClient()
            .SendAsync(new HttpRequestMessage(new HttpMethod(method), path), TestContext.Current.CancellationToken);

    public HttpClient NewClient() => _app.GetTestClient();

    public void Reload(string settings)
    {
        foreach (var pair in settings.Split(' ').Select(setting => setting.Split('=', 2)))
            _app.Configuration[$"QueuedAdmission:{pair[0]}"] = pair[1];
        ((IConfigurationRoot)_app.Configuration).Reload();
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Gate.LetOut(1_000);
        await _app.DisposeAsync();
    }

    internal sealed record Answer(int Status, string Body, IHeaderDictionary Headers)
    {
        public JsonElement Json => JsonDocument.Parse(Body).RootElement;
    }

    /// <summary>Signs in a user by the header <c>User</c>, which contains a name, a space and the permission.</summary>
    private sealed class HeaderIdentity(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["User"].ToString() is not { Length: > 0 } user)
                return Task.FromResult(AuthenticateResult.NoResult());
            var parts = user.Split(' ', 2);
            var identity = new ClaimsIdentity(
                [new(ClaimTypes.Name, parts[0]), new("may", parts.ElementAtOrDefault(1) ?? "")], Scheme.Name);
            return Task.FromResult(
                AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
