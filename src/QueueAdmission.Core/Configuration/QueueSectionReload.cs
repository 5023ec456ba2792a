using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>Puts a changed configuration section in force in the queue that reads it.</summary>
/// <remarks>
/// A change that is wrong is logged, and the last good settings stay, whole. Settings that code changed stay until the
/// configured ones change.
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
        // Not under the lock: it waits for a callback that is running, which may wait for the lock.
        _subscription?.Dispose();
    }

    /// <summary>
    /// Applies the present section. The caller is a change token, so no exception may leave this method.
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
                // It runs every configuration of the queue, code's and the section's, and validates the outcome.
                Apply(services.GetRequiredService<IOptionsFactory<JobQueueOptions>>().Create(name));
                _reported = [];
            }
            catch (OptionsValidationException exception)
            {
                Report([.. exception.Failures], exception: null);
            }
            catch (ObjectDisposedException)
            {
                // The queue or its container has ended. There is nothing to change any more.
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
        // One write to a file may be reported twice.
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
        Message = "{Section} was reloaded, but the queue {Queue} keeps the settings it had, because the new ones are " +
            "wrong:{Errors}")]
    private static partial void LogRefused(
        ILogger logger, Exception? exception, string section, string queue, string errors);
}
