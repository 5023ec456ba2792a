using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>Whether a configuration file could be read when it was read last.</summary>
/// <remarks>
/// The framework reports a file that it cannot parse, but not one that it cannot open. Then the exception is lost, and
/// the file is not tried again. So this class tries the file itself, shortly after each change, and every few seconds
/// while it cannot be opened.
/// </remarks>
internal sealed class WatchedFile : IDisposable
{
    /// <summary>The delay of this check after the framework's own check of the file.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The interval of attempts to open a file again. It is needed because a change of permissions raises no event.
    /// </summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly FileConfigurationProvider _provider;
    private readonly IFileProvider? _folder;
    private readonly Action _onChanged;
    private readonly IDisposable _reloads;
    private readonly IDisposable? _touches;
    private readonly ITimer? _timer;
    private string? _loadProblem;
    private string? _openProblem;
    private bool _reloadOfBrokenFollows;
    private bool _disposed;

    public WatchedFile(FileConfigurationProvider provider, TimeProvider time, Action onChanged)
    {
        _provider = provider;
        _onChanged = onChanged;
        _reloads = ChangeToken.OnChange(provider.GetReloadToken, OnReload);
        // A file that is not read again may be deleted, replaced or locked: what was read holds.
        if (provider.Source is not { ReloadOnChange: true, FileProvider: { } folder, Path: { } path })
            return;
        _folder = folder;
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(
                static file => ((WatchedFile)file!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        _touches = ChangeToken.OnChange(() => Watch(folder, path), CheckSoon);
    }

    /// <summary>Why the provider has other data than the file; null if it has the same.</summary>
    public string? Problem
    {
        get
        {
            lock (_gate)
            {
                if ((_loadProblem ?? _openProblem) is { } problem)
                    return problem;
            }
            return FindAbsence();
        }
    }

    /// <summary>
    /// The file was opened, but could not be read. If the owner of the provider ignores that, the provider reports a
    /// reload next, with no data. Otherwise it reports nothing.
    /// </summary>
    public void Break(Exception exception, bool ignored)
    {
        lock (_gate)
            (_loadProblem, _openProblem, _reloadOfBrokenFollows) = (Describe(exception), null, ignored);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
        }
        _touches?.Dispose();
        _reloads.Dispose();
    }

    private void OnReload()
    {
        lock (_gate)
        {
            var stillBroken = _reloadOfBrokenFollows;
            _reloadOfBrokenFollows = false;
            if ((_loadProblem ?? _openProblem) is null || stillBroken)
                return;
            (_loadProblem, _openProblem) = (null, null);
        }
        // The configuration's own token may have fired before, when this file still counted as broken.
        _onChanged();
    }

    /// <summary>
    /// Watches the folder of the file. What the provider cannot watch there, this class cannot watch either.
    /// </summary>
    private static IChangeToken Watch(IFileProvider folder, string path)
    {
        try
        {
            return folder.Watch(path);
        }
        catch (Exception)
        {
            return NullChangeToken.Singleton;
        }
    }

    private void CheckSoon() => Arm(TimeSpan.FromMilliseconds(_provider.Source.ReloadDelay) + Margin);

    private void Arm(TimeSpan due)
    {
        lock (_gate)
        {
            if (!_disposed)
                _timer!.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private void Check()
    {
        var problem = FindOpenProblem();
        bool isNew, isMended;
        lock (_gate)
        {
            isNew = problem is not null && problem != _openProblem;
            isMended = problem is null && _openProblem is not null;
            if (_disposed || (problem is null && !isMended))
                return;
            // It is kept while the file is loaded again: only a load that succeeds shows that it can be read.
            _openProblem = problem ?? _openProblem;
        }
        if (isMended)
            LoadAgain();
        if (isNew)
            _onChanged();
        lock (_gate)
        {
            if (_openProblem is null)
                return;
        }
        Arm(RetryInterval);
    }

    /// <summary>
    /// Makes the provider read the file again, because it has not noticed that the file can be opened. The provider
    /// reports the reload itself.
    /// </summary>
    private void LoadAgain()
    {
        try
        {
            _provider.Load();
        }
        catch (Exception)
        {
            // An error in the content was reported to OnLoadException. If it could not be opened after all, it is
            // tried again later.
        }
    }

    private string? FindOpenProblem()
    {
        try
        {
            if (_folder!.GetFileInfo(_provider.Source.Path!) is not { Exists: true } file)
                return null;
            using var stream = file.PhysicalPath is { } path
                ? File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
                : file.CreateReadStream();
            return null;
        }
        catch (Exception exception)
        {
            return Describe(exception);
        }
    }

    /// <summary>
    /// Finds out whether the file was deleted. The framework then continues without its data and reports a reload, even
    /// if the file is required.
    /// </summary>
    private string? FindAbsence()
    {
        if (_folder is null)
            return null;
        try
        {
            var file = _folder.GetFileInfo(_provider.Source.Path!);
            if (file.Exists)
                return null;
            if (file.PhysicalPath is { } path && Directory.Exists(path))
                return Describe("there is a directory in its place.");
            return _provider.Source.Optional ? null : Describe("it is gone, and it is not optional.");
        }
        catch (Exception exception)
        {
            return Describe(exception);
        }
    }

    private string Describe(Exception exception) => Describe(exception.GetBaseException().Message);

    private string Describe(string problem) => $"{_provider.Source.Path} cannot be read: {problem}";
}
