using Confluent.Kafka;

namespace PostDemo;

/// <summary>
/// A broker in this process, for a demo without an installation. It speaks Kafka's protocol over a real socket. The
/// records are in memory: they outlive the process that runs the jobs, but not this one.
/// </summary>
internal sealed class MockBroker : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IProducer<Null, Null> _owner;

    public MockBroker()
    {
        var config = new ProducerConfig();
        config.Set("test.mock.num.brokers", "1");
        _owner = new ProducerBuilder<Null, Null>(config).SetLogHandler((_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(_owner.Handle).Build();
        Servers = string.Join(
            ',', admin.GetMetadata(Patience).Brokers.Select(broker => $"{broker.Host}:{broker.Port}"));
    }

    public string Servers { get; }

    public void Dispose() => _owner.Dispose();
}
