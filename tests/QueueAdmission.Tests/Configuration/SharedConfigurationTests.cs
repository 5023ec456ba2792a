using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using QueueAdmission.Doubles;

namespace QueueAdmission.Configuration;

/// <summary>
/// Verifies a configuration with a file that several hosts use one after the other, as in a test fixture.
/// </summary>
public sealed class SharedConfigurationTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hosts_ThatWereDisposed_AreCollected(bool newestFirst)
    {
        _folder.Write("shared.json", """{ "QueuedAdmission": { "Queues": { "a": {} } } }""");
        using var shared = (ConfigurationRoot)new ConfigurationBuilder().Add(_folder.Source("shared.json")).Build();

        var gone = await StartAndDisposeAsync(shared, newestFirst);

        await Eventually.TrueAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return gone.TrueForAll(host => !host.IsAlive);
        }, "A disposed host is still alive.");
        Assert.Null(((FileConfigurationProvider)shared.Providers.Single()).Source.OnLoadException);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference>> StartAndDisposeAsync(IConfiguration shared, bool newestFirst)
    {
        var hosts = new List<QueueHost>();
        for (var i = 0; i < 3; i++)
            hosts.Add(await QueueHost.StartAsync(configuration => configuration.AddConfiguration(shared)));
        var references = hosts.ConvertAll(host => new WeakReference(host.Registry));
        if (newestFirst)
            hosts.Reverse();
        foreach (var host in hosts)
            await host.DisposeAsync();
        return references;
    }
}
