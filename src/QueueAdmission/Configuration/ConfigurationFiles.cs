using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>
/// Detects configuration files that cannot be read. The framework clears or keeps the data of such a file, without a
/// reload token or an exception. At the next reload of another source, all settings of the file would look deleted.
/// </summary>
/// <param name="configuration">The application's configuration.</param>
/// <param name="time">The clock.</param>
/// <param name="onBroken">Called when a file was read and its content is invalid.</param>
/// <param name="onChanged">Called when it turned out that a file cannot be opened, or can be read again.</param>
internal sealed class ConfigurationFiles(
    IConfiguration configuration, TimeProvider time, Action onBroken, Action onChanged) : IDisposable
{
    // Guards the collections only: no callback runs under it.
    private readonly Lock _gate = new();
    private readonly Dictionary<FileConfigurationProvider, WatchedFile> _files = [];
    private readonly Dictionary<FileConfigurationSource, IDisposable> _sources = [];
    private bool _disposed;

    /// <summary>Which of the files that are in use now cannot be read, each with the reason.</summary>
    public IReadOnlyList<string> FindProblems()
    {
        var providers = FindProviders(configuration).Distinct();
        List<WatchedFile> files;
        lock (_gate)
            files = [.. providers.Where(_files.ContainsKey).Select(provider => _files[provider])];
        return [.. files.Select(file => file.Problem).OfType<string>().Distinct()];
    }

    /// <summary>
    /// Watches the files that were added since the last call, and no longer those that were taken away.
    /// </summary>
    public void Watch()
    {
        var providers = FindProviders(configuration);
        var gone = new List<IDisposable>();
        lock (_gate)
        {
            if (_disposed)
                return;
            foreach (var provider in providers)
            {
                if (_files.ContainsKey(provider))
                    continue;
                _files.Add(provider, new WatchedFile(provider, time, onChanged));
                if (!_sources.ContainsKey(provider.Source))
                    _sources.Add(provider.Source, LoadExceptionRelay.Listen(provider.Source, OnLoadException));
            }
            foreach (var provider in _files.Keys.Except(providers).ToList())
            {
                _files.Remove(provider, out var file);
                gone.Add(file!);
            }
            foreach (var source in _sources.Keys.Except(providers.Select(provider => provider.Source)).ToList())
            {
                _sources.Remove(source, out var listener);
                gone.Add(listener!);
            }
        }
        // Elsewhere: disposing waits for a callback that is running, and that may wait for a lock of the caller.
        if (gone.Count > 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static gone => gone.ForEach(item => item.Dispose()), gone, preferLocal: false);
        }
    }

    public void Dispose()
    {
        List<IDisposable> all;
        lock (_gate)
        {
            _disposed = true;
            all = [.. _files.Values, .. _sources.Values];
            _files.Clear();
            _sources.Clear();
        }
        all.ForEach(item => item.Dispose());
    }

    private void OnLoadException(FileLoadExceptionContext context)
    {
        WatchedFile? file;
        lock (_gate)
            _files.TryGetValue(context.Provider, out file);
        if (file is null)
            return;
        file.Break(context.Exception, context.Ignore);
        onBroken();
    }

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
