using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Configuration;

/// <summary>
/// A host without a web server, with the queues of a configuration. It logs only the library's messages.
/// </summary>
internal sealed class QueueHost : IAsyncDisposable
{
    private readonly IHost _host;

    private QueueHost(IHost host, LogLines log) => (_host, Log) = (host, log);

    public LogLines Log { get; }

    public IServiceProvider Services => _host.Services;

    public JobQueueRegistry Registry => Services.GetRequiredService<JobQueueRegistry>();

    public RequestQueueOptions SettingsOf(string queue) =>
        SettingTable.BuiltIn.Copy(Registry.Find(queue)!.Queue.Settings);

    public static Task<QueueHost> StartAsync(
        IConfigurationSource source, Action<QueuedAdmissionOptions>? configure = null,
        Action<IServiceCollection>? services = null) =>
        StartAsync(configuration => configuration.Add(source), configure, services);

    public static async Task<QueueHost> StartAsync(
        Action<IConfigurationBuilder> addSources, Action<QueuedAdmissionOptions>? configure = null,
        Action<IServiceCollection>? services = null)
    {
        var log = new LogLines();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        addSources(builder.Configuration);
        builder.Logging.AddProvider(log).AddFilter(
            (category, _) => category?.StartsWith(nameof(QueueAdmission), StringComparison.Ordinal) ?? false);
        builder.Services.AddQueuedAdmission(configure);
        services?.Invoke(builder.Services);
        var host = builder.Build();
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            host.Dispose();
            throw;
        }
        return new QueueHost(host, log);
    }

    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        _host.Dispose();
    }
}
