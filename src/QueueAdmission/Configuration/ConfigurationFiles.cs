using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>
/// Notices configuration files that cannot be read. The framework wipes the data of such a file, fires no reload token and swallows the exception, so that
/// the next reload of anything else would look as if all its settings had been deleted on purpose.
/// </summary>
internal sealed class ConfigurationFiles(IConfiguration configuration, Action<string> onBroken, Action onMended) : IDisposable
{
    // Guards the two collections only: no callback runs under it.
    private readonly Lock _gate = new();
    private readonly HashSet<FileConfigurationSource> _sources = [];
    private readonly Dictionary<FileConfigurationProvider, WatchedFile> _files = [];
    private volatile bool _disposed;

    public bool AnyBroken
    {
        get
        {
            // Providers may have been replaced since; what a former one could not read does not matter.
            var current = FindProviders(configuration);
            lock (_gate)
                return current.Any(provider => _files.TryGetValue(provider, out var file) && file.IsBroken);
        }
    }

    /// <summary>Watches the files that were added since the last call.</summary>
    public void Watch()
    {
        foreach (var provider in FindProviders(configuration))
        {
            lock (_gate)
            {
                if (_disposed || _files.ContainsKey(provider))
                    continue;
                _files.Add(provider, new WatchedFile(provider, onMended));
                if (_sources.Add(provider.Source))
                    provider.Source.OnLoadException = After(provider.Source.OnLoadException);
            }
        }
    }

    public void Dispose()
    {
        WatchedFile[] files;
        lock (_gate)
        {
            _disposed = true;
            files = [.. _files.Values];
        }
        foreach (var file in files)
            file.Dispose();
    }

    private Action<FileLoadExceptionContext> After(Action<FileLoadExceptionContext>? others) => context =>
    {
        others?.Invoke(context);
        WatchedFile? file;
        lock (_gate)
            _files.TryGetValue(context.Provider, out file);
        if (_disposed || file is null)
            return;
        file.Break(context.Ignore);
        onBroken($"{context.Provider.Source.Path} cannot be read: {context.Exception.GetBaseException().Message}");
    };

    private static List<FileConfigurationProvider> FindProviders(IConfiguration configuration)
    {
        var found = new List<FileConfigurationProvider>();
        Collect(configuration);
        return found;

        void Collect(IConfiguration part)
        {
            foreach (var provider in (part as IConfigurationRoot)?.Providers ?? [])
            {
                if (provider is FileConfigurationProvider file)
                    found.Add(file);
                else if (provider is ChainedConfigurationProvider chained)
                    Collect(chained.Configuration);
            }
        }
    }
}
