using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace QueueAdmission.Kafka.Doubles;

/// <summary>The Kafka objects of one process: the intake, and the importer with its store.</summary>
internal sealed class KafkaNode : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly KafkaImporter _importer;

    public KafkaNode(
        MockKafka kafka, IJobStore store, string group = "group", Action<KafkaIntakeOptions>? configure = null)
        : this(kafka.Servers, kafka.Topic, store, group, options =>
        {
            MockKafka.Hasten(options);
            configure?.Invoke(options);
        })
    {
    }

    public KafkaNode(
        string servers,
        string topic,
        IJobStore store,
        string group = "group",
        Action<KafkaIntakeOptions>? configure = null)
    {
        Store = store;
        var options = new KafkaIntakeOptions
        {
            Topic = topic,
            GroupId = group,
            DeliveryTimeout = TimeSpan.FromSeconds(20),
        };
        configure?.Invoke(options);
        _services = new ServiceCollection()
            .AddLogging(logging => logging.AddFakeLogging().SetMinimumLevel(LogLevel.Debug))
            .AddSingleton(store)
            .AddMetrics()
            .BuildServiceProvider();
        Context = new KafkaContext(new KafkaSettings(servers, options), _services);
        Intake = new KafkaJobIntake(Context);
        _importer = new KafkaImporter(Context, _services);
    }

    public KafkaContext Context { get; }

    public KafkaJobIntake Intake { get; }

    public IJobStore Store { get; }

    public FakeLogCollector Log => _services.GetFakeLogCollector();

    public string Lines => string.Join('\n', Log.GetSnapshot().Select(record => record.Message));

    public JobStoreCounts? Counts => Store.ReadCounts().SingleOrDefault();

    public void StartImport() => _importer.StartAsync(CancellationToken.None).GetAwaiter().GetResult();

    public Task StopImportAsync() => _importer.StopAsync(CancellationToken.None);

    public Task AcceptedAsync(long count) =>
        Eventually.TrueAsync(
            () => Counts?.Accepted == count, () => $"{Counts?.Accepted} of {count} jobs are in the store.\n{Lines}");

    public void Dispose()
    {
        _importer.Dispose();
        Intake.Dispose();
        Store.Dispose();
        _services.Dispose();
    }
}
