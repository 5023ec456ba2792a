using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>Applies changes of a configuration section to the queue that is configured from it.</summary>
/// <remarks>
/// If a changed section is invalid, the errors are logged and the queue keeps all of its last valid settings. A setting
/// that code has changed keeps its value until its configured value changes.
/// </remarks>
internal sealed partial class QueueSectionReload(string name, IConfigurationSection section, IServiceProvider services)
    : IJobQueueExtension, IDisposable
{
    private readonly Lock _gate = new();
    private readonly ILogger? _logger =
        services.GetService<ILoggerFactory>()?.CreateGuardedLogger("QueueAdmission.Configuration");
    private JobQueue? _queue;
    private JobQueueOptions? _inForce;
    private IReadOnlyList<string> _reported = [];
    private IDisposable? _subscription;
    private bool _isDisposed;

    public void OnCreated(JobQueue queue)
    {
        if (!QueueName.Comparer.Equals(queue.Name, name))
        {
            return;
        }
        lock (_gate)
        {
            (_queue, _inForce) = (queue, queue.GetSnapshot().Settings);
            _subscription = ChangeToken.OnChange(section.GetReloadToken, Reload);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }
        // Not under the lock: the disposal waits for a running callback, and that callback may be waiting for the lock.
        _subscription?.Dispose();
    }

    /// <summary>
    /// Applies the current content of the section. A change token calls this method, so no exception may escape it.
    /// </summary>
    private void Reload()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }
            try
            {
                // The factory runs all configuration of the queue, from code and from the section, and validates the
                // result.
                Apply(services.GetRequiredService<IOptionsFactory<JobQueueOptions>>().Create(name));
                _reported = [];
            }
            catch (OptionsValidationException exception)
            {
                Report([.. exception.Failures], exception: null);
            }
            catch (ObjectDisposedException)
            {
                // The queue or its container has been disposed, so there is nothing left to update.
            }
#pragma warning disable CA1031 // Configuration providers and callbacks are not ours. The settings stay.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Report([$"{exception.GetType().Name}: {exception.Message}"], exception);
            }
        }
    }

    private void Apply(JobQueueOptions next)
    {
        var changed = JobQueueSettings.All.Concat(next.AddedSettings).Concat(_inForce!.AddedSettings).Distinct()
            .Where(setting => !setting.IsSame(_inForce, next))
            .ToList();
        if (changed.Count == 0)
        {
            return;
        }
        _queue!.Update(options => changed.ForEach(setting => setting.Copy(next, options)));
        _inForce = next;
        var list = string.Join(", ", changed.Select(setting => $"{setting.Key} {setting.Show(next)}"));
        if (_logger is not null)
        {
            LogReloaded(_logger, name, section.Path, list);
        }
    }

    private void Report(IReadOnlyList<string> errors, Exception? exception)
    {
        // A file provider may raise two notifications for one write to a file.
        if (errors.SequenceEqual(_reported))
        {
            return;
        }
        _reported = errors;
        var list = string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}"));
        if (_logger is not null)
        {
            LogRefused(_logger, exception, section.Path, name, list);
        }
    }

    [LoggerMessage(EventId = 10, EventName = "QueueReloaded", Level = LogLevel.Information,
        Message = "The queue {Queue} has new settings from {Section}: {Changes}.")]
    private static partial void LogReloaded(ILogger logger, string queue, string section, string changes);

    [LoggerMessage(EventId = 11, EventName = "QueueReloadRefused", Level = LogLevel.Error,
        Message = "{Section} was reloaded, but the queue {Queue} keeps its previous settings, because the new ones are "
            + "wrong:{Errors}")]
    private static partial void LogRefused(
        ILogger logger, Exception? exception, string section, string queue, string errors);
}
