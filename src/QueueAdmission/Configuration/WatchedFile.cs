using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>Whether a configuration file could be read when it was read last.</summary>
internal sealed class WatchedFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Action _onMended;
    private readonly IDisposable _subscription;
    private bool _broken;
    private bool _reloadOfBrokenFollows;

    public WatchedFile(FileConfigurationProvider provider, Action onMended)
    {
        _onMended = onMended;
        _subscription = ChangeToken.OnChange(provider.GetReloadToken, OnReload);
    }

    public bool IsBroken
    {
        get
        {
            lock (_gate)
                return _broken;
        }
    }

    /// <summary>The file could not be read. A provider whose owner ignores that reports a reload next, with no data; otherwise it reports nothing.</summary>
    public void Break(bool ignored)
    {
        lock (_gate)
            (_broken, _reloadOfBrokenFollows) = (true, ignored);
    }

    public void Dispose() => _subscription.Dispose();

    private void OnReload()
    {
        lock (_gate)
        {
            var stillBroken = _reloadOfBrokenFollows;
            _reloadOfBrokenFollows = false;
            if (!_broken || stillBroken)
                return;
            _broken = false;
        }
        // The configuration's own token may have fired before, when this file still counted as broken.
        _onMended();
    }
}
