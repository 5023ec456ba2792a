using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>
/// Detects configuration files that cannot be read. Without this class, an unreadable file would go unnoticed.
/// </summary>
/// <remarks>
/// When a reload fails, the framework keeps the data of a file that it cannot open, and clears the data of a file that
/// it cannot parse. Usually it neither fires the reload token nor lets an exception reach the application. If the data
/// was cleared, all settings of the file look deleted at the next reload of another source.
/// </remarks>
/// <param name="configuration">The application's configuration.</param>
/// <param name="time">The clock.</param>
/// <param name="onBroken">Called after a file has been opened, if its content is invalid.</param>
/// <param name="onChanged">Called when a file can no longer be opened, or can be read again.</param>
internal sealed class ConfigurationFiles(
    IConfiguration configuration, TimeProvider time, Action onBroken, Action onChanged) : IDisposable
{
    // Guards only the collections. No callback runs under this lock.
    private readonly Lock _gate = new();
    private readonly Dictionary<FileConfigurationProvider, WatchedFile> _files = [];
    private readonly Dictionary<FileConfigurationSource, IDisposable> _sources = [];
    private bool _disposed;

    /// <summary>Returns one text for each file in use that cannot be read, with the reason.</summary>
    public IReadOnlyList<string> FindProblems()
    {
        var providers = FindProviders(configuration).Distinct();
        List<WatchedFile> files;
        lock (_gate)
            files = [.. providers.Where(_files.ContainsKey).Select(provider => _files[provider])];
        return [.. files.Select(file => file.Problem).OfType<string>().Distinct()];
    }

    /// <summary>
    /// Starts to watch the files that have been added since the last call, and stops to watch the files that have been
    /// removed.
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
        // On another thread, because Dispose waits for a running callback. That callback may wait for a lock that the
        // caller of this method holds.
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
