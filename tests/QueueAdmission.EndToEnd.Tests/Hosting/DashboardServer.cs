using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.EndToEnd;

/// <summary>
/// An application with two queues and the dashboard. It runs on Kestrel at the loopback address, with a fake clock.
/// </summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    /// <summary>A foreign host name that the browser resolves to this machine, like the name of an attacker.</summary>
    public const string ForeignName = "evil.example";

    /// <summary>A user who may view the dashboard and steer queues.</summary>
    public const string Operator = "alice";

    /// <summary>A user who may only view the dashboard.</summary>
    public const string Watcher = "bob";

    private readonly WebApplication _app;
    private readonly SemaphoreSlim _exit = new(0);
    private int _inside;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DashboardServer(WebApplication app, FakeTimeProvider clock) => (_app, Clock) = (app, clock);

    public FakeTimeProvider Clock { get; }

    public int Port { get; private set; }

    public HttpClient Client { get; private set; } = null!;

    public JobQueue Checkout => _app.Services.GetRequiredKeyedService<JobQueue>("checkout");

    public Uri Address(string path, string host = "127.0.0.1") => new($"http://{host}:{Port}{path}");

    public static async Task<DashboardServer> StartAsync(
        Action<QueueDashboardEndpointConventionBuilder> open,
        string environment = "Production",
        ICluster? cluster = null,
        IDeferredJobs? deferred = null,
        Action<RequestQueueOptions>? reports = null)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 27, 3, 12, 0, TimeSpan.Zero));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(DashboardServer).Assembly.GetName().Name,
            EnvironmentName = environment,
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["QueuedAdmission:Defaults:MaxWait"] = "00:00:30",
            ["QueuedAdmission:Queues:checkout:Workers"] = "4",
            ["QueuedAdmission:Queues:checkout:Partitions"] = "4",
            ["QueuedAdmission:Queues:checkout:PartitionCapacity"] = "15",
        });
        builder.Services.AddSingleton<TimeProvider>(clock).AddRouting();
        if (cluster is not null)
            builder.Services.AddSingleton(cluster);
        if (deferred is not null)
            builder.Services.AddSingleton(deferred);
        builder.Services.AddQueuedAdmission(queues => queues.AddQueue("reports", queue =>
        {
            queue.Workers = 2;
            reports?.Invoke(queue);
        }));
        builder.Services.AddAuthentication(SignInByCookie.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SignInByCookie>(SignInByCookie.SchemeName, null);
        builder.Services.AddAuthorization(options =>
        {
            options.AddPolicy(
                "on-call", policy => policy.RequireAssertion(who => who.User.Identity?.Name is Operator or Watcher));
            options.AddPolicy("operators", policy => policy.RequireUserName(Operator));
        });
        var app = builder.Build();
        var server = new DashboardServer(app, clock);
        // The application has two languages. The query string ?culture= selects one of them.
        app.UseRequestLocalization("en", "zh-CN");
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseQueuedAdmission();
        // The page of the attacker. Its scripts are in the tests.
        app.MapGet("/", () => Results.Content("<!doctype html><title>A page</title>", "text/html"));
        app.MapGet("/sign-in/{who}", (string who, HttpResponse response) => response.Cookies.Append("who", who));
        app.MapPost("/orders", server.WorkAsync).WithQueue("checkout");
        app.MapGet("/orders/{id}", server.WorkAsync).WithQueue("checkout");
        app.MapGet("/reports/{year:int}", () => server._end.Task).WithQueue("reports");
        open(app.MapQueueDashboard("/queues"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        server.Port = new Uri(app.Urls.Single()).Port;
        server.Client = new HttpClient(
            new SocketsHttpHandler { MaxConnectionsPerServer = 500 })
        { BaseAddress = server.Address("/") };
        return server;
    }

    /// <summary>Lets a number of running handlers end.</summary>
    public void LetOut(int count)
    {
        if (count > 0)
            _exit.Release(count);
    }

    /// <summary>The number of running handlers that <see cref="LetOut"/> can end.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>Advances the clock by the interval of the live stream until a condition is met.</summary>
    public Task UntilAsync(Func<Task<bool>> isSo, string what) => Patience.UntilAsync(async () =>
    {
        if (await isSo())
            return true;
        Clock.Advance(LiveFeed.Interval);
        return false;
    }, what);

    /// <summary>Lets all handlers end and stops the server.</summary>
    public Task CloseAsync()
    {
        _exit.Release(10_000);
        _end.TrySetResult();
        return _app.StopAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Client.Dispose();
        await _app.DisposeAsync();
        _exit.Dispose();
    }

    private async Task<string> WorkAsync()
    {
        Interlocked.Increment(ref _inside);
        await _exit.WaitAsync();
        Interlocked.Decrement(ref _inside);
        return "done";
    }
}
