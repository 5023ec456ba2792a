using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WebDemo;

namespace QueueAdmission.Samples;

/// <summary>The sample flash sale on a real Kestrel. A test can change the settings of its appsettings.json.</summary>
internal sealed class DemoShop : WebApplicationFactory<Program>
{
    private readonly Dictionary<string, string> _settings;
    private readonly TimeProvider? _time;
    private readonly string _environment;

    private DemoShop(Dictionary<string, string> settings, TimeProvider? time, string environment)
    {
        (_settings, _time, _environment) = (settings, time, environment);
        UseKestrel();
    }

    public HttpClient Client { get; private set; } = null!;

    public JobQueue Queue => Services.GetRequiredKeyedService<JobQueue>("checkout");

    public static DemoShop Open(
        Dictionary<string, string> settings, TimeProvider? time = null, string environment = "Development")
    {
        var shop = new DemoShop(settings, time, environment);
        shop.StartServer();
        shop.Client = shop.CreateClient();
        return shop;
    }

    public async Task<Books> ReadBooksAsync() =>
        await Client.GetFromJsonAsync<Books>("/cache", TestContext.Current.CancellationToken)
            ?? throw new InvalidOperationException("/cache answered null.");

    /// <summary>Waits until a condition is true, or until the time limit of the test.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!isSo())
            await timer.WaitForNextTickAsync(limit.Token);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(_environment);
        // UseKestrel(0) would set the port at a time when the program may already be starting.
        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.ConfigureLogging(logging => logging.ClearProviders());
        // If many hosts watch files, they exhaust the file watchers of the system.
        builder.UseSetting("hostBuilder:reloadConfigOnChange", "false");
        foreach (var (key, value) in _settings)
            builder.UseSetting(key, value);
        if (_time is not null)
            builder.ConfigureTestServices(services => services.AddSingleton(_time));
    }
}
