using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>
/// Reads the queues at startup, and again after each reload of the configuration. At startup, errors in the settings
/// are thrown as one exception. After a reload, they are logged as one error, and the settings in force do not change.
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
    /// <param name="code">The settings in code.</param>
    /// <param name="apply">Puts the settings in force, or returns the errors and changes nothing.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Counts reloads; null if the program has no meters.</param>
    /// <param name="logger">The log for the errors of a reload.</param>
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

    /// <summary>The result of the last reload; null before the first reload.</summary>
    public ReloadStatus? LastReload => _lastReload;

    /// <summary>Reads the queues for the first time, and starts to listen to reloads.</summary>
    /// <exception cref="QueueConfigurationException">
    /// The settings have errors. The message contains all of them.
    /// </exception>
    public void Start()
    {
        var isGood = false;
        try
        {
            IReadOnlyList<string> errors;
            lock (_gate)
            {
                // Listening starts before reading, so that no edit is missed. A reload that arrives during the reading
                // waits for the lock.
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

    // Does not take the lock: it waits for a running callback, and this callback may be waiting for the lock.
    public void Dispose()
    {
        _disposed = true;
        _subscription?.Dispose();
        _files.Dispose();
    }

    /// <summary>
    /// Applies the current configuration. Change tokens and timers call this method, so it must not throw.
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
                // Other settings may have changed. They are not read until every file can be read, and these problems
                // have already been reported.
                if (errors.Count > 0 && IsReported(errors))
                    return;
                if (errors.Count == 0)
                    errors = ReadAndApply();
            }
            catch (Exception caught)
            {
                // A configuration provider of other code may throw any exception. The former settings stay in force, as
                // after any invalid edit.
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
            // There is no problem if the file is no longer part of the configuration.
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
        // One write to a file may fire the reload token twice.
        if (!isReported && errors.Count > 0)
            LogBadEdit(_logger, exception, ErrorList.Show(errors));
        else if (!isReported)
            LogGoodAgain(_logger);
        _metrics?.CountReload(errors.Count == 0);
    }

    private bool IsReported(IReadOnlyList<string> errors) => errors.SequenceEqual(_lastReload?.Errors ?? []);

    [LoggerMessage(EventId = 40, EventName = "ReloadRefused", Level = LogLevel.Error,
        Message = "The configuration was reloaded, but the queues keep their previous settings, because the new ones " +
            "are wrong:{Errors}")]
    private static partial void LogBadEdit(ILogger logger, Exception? exception, string errors);

    [LoggerMessage(EventId = 41, EventName = "ReloadGoodAgain", Level = LogLevel.Information,
        Message = "The configuration of the queues is valid again.")]
    private static partial void LogGoodAgain(ILogger logger);
}
