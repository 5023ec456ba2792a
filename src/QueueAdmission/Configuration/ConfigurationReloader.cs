using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>
/// Reads the queues at start-up, and again after each reload of the configuration. At start-up, a mistake is an
/// exception. On a reload, it is one logged error and changes nothing.
/// </summary>
internal sealed partial class ConfigurationReloader : IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly CodeSettings _code;
    private readonly Func<ConfiguredQueues, IReadOnlyList<string>> _apply;
    private readonly TimeProvider _time;
    private readonly QueueMetrics? _metrics;
    private readonly ILogger _logger;
    private readonly ConfigurationFiles _files;
    private readonly Lock _gate = new();
    private volatile ReloadStatus? _lastReload;
    private volatile bool _disposed;
    private IDisposable? _subscription;

    /// <param name="configuration">The application's configuration.</param>
    /// <param name="code">What code asked for.</param>
    /// <param name="apply">Puts the settings in force, or returns the errors and changes nothing.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Counts reloads; null if the program has no meters.</param>
    /// <param name="logger">Where a bad edit is reported.</param>
    public ConfigurationReloader(
        IConfiguration configuration, CodeSettings code, Func<ConfiguredQueues, IReadOnlyList<string>> apply,
        TimeProvider time, QueueMetrics? metrics, ILogger logger)
    {
        _configuration = configuration;
        _code = code;
        _apply = apply;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _files = new ConfigurationFiles(configuration, time, OnBroken, Reload);
    }

    /// <summary>How the last reload went; null before the first.</summary>
    public ReloadStatus? LastReload => _lastReload;

    /// <summary>Reads the queues for the first time and begins to listen.</summary>
    /// <exception cref="QueueConfigurationException">Something is wrong; all of it is in the message.</exception>
    public void Start()
    {
        var isGood = false;
        try
        {
            IReadOnlyList<string> errors;
            lock (_gate)
            {
                // Listening comes first, so that no edit is missed; one that comes meanwhile waits at the lock.
                _files.Watch();
                _subscription = ChangeToken.OnChange(_configuration.GetReloadToken, Reload);
                errors = ReadAndApply();
            }
            isGood = errors.Count == 0;
            if (!isGood)
                throw new QueueConfigurationException(_code.Section, errors);
        }
        finally
        {
            if (!isGood)
                Dispose();
        }
    }

    // Not under the lock: it waits for a callback that is running, and that may be waiting for the lock.
    public void Dispose()
    {
        _disposed = true;
        _subscription?.Dispose();
        _files.Dispose();
    }

    /// <summary>
    /// Applies the present configuration. The callers are change tokens and timers, so no exception may leave it.
    /// </summary>
    private void Reload()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            IReadOnlyList<string> errors;
            Exception? exception = null;
            try
            {
                _files.Watch();
                errors = _files.FindProblems();
                // Anything may have changed. Until the file can be read, it is not looked at, and there is nothing new
                // to report.
                if (errors.Count > 0 && IsReported(errors))
                    return;
                if (errors.Count == 0)
                    errors = ReadAndApply();
            }
            catch (Exception caught)
            {
                // Configuration providers are not ours. The settings from before stay, as with any bad edit.
                errors = [$"{_code.Section} cannot be read: {caught.GetType().Name}: {caught.Message}"];
                exception = caught;
            }
            Report(errors, exception);
        }
    }

    private void OnBroken()
    {
        lock (_gate)
        {
            // None, if the file is no longer a part of the configuration.
            if (!_disposed && _files.FindProblems() is { Count: > 0 } problems)
                Report(problems);
        }
    }

    private IReadOnlyList<string> ReadAndApply()
    {
        var (queues, errors) = QueueConfigurationReader.Read(_configuration, _code);
        return errors.Count > 0 ? errors : _apply(queues);
    }

    private void Report(IReadOnlyList<string> errors, Exception? exception = null)
    {
        var isReported = IsReported(errors);
        _lastReload = new ReloadStatus(_time.GetUtcNow(), errors);
        // One write to a file may be reported twice.
        if (!isReported && errors.Count > 0)
            LogBadEdit(_logger, exception, ErrorList.Show(errors));
        else if (!isReported)
            LogGoodAgain(_logger);
        _metrics?.CountReload(errors.Count == 0);
    }

    private bool IsReported(IReadOnlyList<string> errors) => errors.SequenceEqual(_lastReload?.Errors ?? []);

    [LoggerMessage(EventId = 40, EventName = "ReloadRefused", Level = LogLevel.Error,
        Message = "The configuration was reloaded, but the queues keep the settings they had, because the new ones " +
            "are wrong:{Errors}")]
    private static partial void LogBadEdit(ILogger logger, Exception? exception, string errors);

    [LoggerMessage(EventId = 41, EventName = "ReloadGoodAgain", Level = LogLevel.Information,
        Message = "The configuration of the queues is good again.")]
    private static partial void LogGoodAgain(ILogger logger);
}
