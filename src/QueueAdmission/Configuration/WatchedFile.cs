using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>Knows whether the last attempt to read a configuration file was successful.</summary>
/// <remarks>
/// The framework reports a file that it cannot parse, but not a file that it cannot open. In the second case, the
/// exception is lost, and the framework does not try to open the file again. This class therefore opens the file
/// itself: shortly after each change, and every few seconds while the file cannot be opened.
/// </remarks>
internal sealed class WatchedFile : IDisposable
{
    /// <summary>The time between the framework's attempt to read the file and the check of this class.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The interval of attempts to open a file again. The attempts are needed because a change of permissions raises no
    /// event.
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
        // Without ReloadOnChange, a file is read only once. It may be deleted, replaced or locked afterwards: the
        // values that were read stay in force.
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

    /// <summary>
    /// The reason why the data of the provider may differ from the file. Null if the file was read successfully.
    /// </summary>
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
    /// Records that the file was opened, but that its content could not be read. If the owner of the provider ignores
    /// the exception, the provider reports a reload next, without data. Otherwise the provider reports nothing.
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
        // The reload token of the configuration may have fired earlier, while this file still counted as broken.
        _onChanged();
    }

    /// <summary>
    /// Watches the file. If its file provider cannot watch it, the configuration is not reloaded either, and this class
    /// does without.
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
            // The problem is kept while the file is loaded again. Only a successful load shows that the file can be
            // read.
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
    /// Makes the provider read the file again, because the provider does not notice that the file can be opened. The
    /// provider then reports the reload.
    /// </summary>
    private void LoadAgain()
    {
        try
        {
            _provider.Load();
        }
        catch (Exception)
        {
            // An error in the content has been reported to OnLoadException. If the file could not be opened after all,
            // the next check tries again.
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
    /// Returns a problem if the file was deleted and is required, or if a directory has taken its place. In both cases
    /// the framework continues without the data of the file and reports a reload.
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
            return _provider.Source.Optional ? null : Describe("it does not exist, and it is not optional.");
        }
        catch (Exception exception)
        {
            return Describe(exception);
        }
    }

    private string Describe(Exception exception) => Describe(exception.GetBaseException().Message);

    private string Describe(string problem) => $"{_provider.Source.Path} cannot be read: {problem}";
}
