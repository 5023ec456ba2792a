using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission.Deferred;

namespace QueueAdmission.Kafka;

/// <summary>The objects that the intake and the importer share.</summary>
internal sealed class KafkaContext
{
    public KafkaContext(KafkaSettings settings, IServiceProvider services)
    {
        Settings = settings;
        Time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        Metrics = new KafkaMetrics(services.GetService<IMeterFactory>());
        Logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateGuardedLogger(
            "QueueAdmission.Kafka");
        ImportOutage = new OutageReport(
            Time,
            (problem, reason) => KafkaLog.ImportAway(Logger, problem, reason),
            seconds => KafkaLog.ImportBack(Logger, seconds));
    }

    public KafkaSettings Settings { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public KafkaMetrics Metrics { get; }

    /// <summary>The outage that keeps jobs from reaching the store.</summary>
    public OutageReport ImportOutage { get; }
}
