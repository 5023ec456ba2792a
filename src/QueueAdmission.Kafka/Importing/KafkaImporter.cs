using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QueueAdmission.Kafka;

/// <summary>Brings jobs from Kafka to the store, with one thread of its own.</summary>
/// <remarks>
/// Every failure has the same answer: leave the consumer group, forget everything, and begin again where the store is.
/// So there is one way to begin, and it is the way after a crash as well.
/// </remarks>
internal sealed class KafkaImporter : IHostedService, IDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly KafkaContext _context;
    private readonly IJobStore? _store;
    private Thread? _thread;

    public KafkaImporter(KafkaContext context, IServiceProvider services)
    {
        _context = context;
        _store = services.GetService<IJobStore>();
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_store is not null && _context.Settings.Import)
        {
            _thread = new Thread(() => Run(_store)) { Name = "QueueAdmission Kafka import", IsBackground = true };
            _thread.UnsafeStart();
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping.Cancel();
        // The thread ends its import and leaves the group, so another node goes on at once.
        return Task.Run(() => _thread?.Join(StopLimit), cancellationToken);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        if (_thread?.Join(StopLimit) is not false)
        {
            _stopping.Dispose();
        }
    }

    private void Run(IJobStore store)
    {
        var stopping = _stopping.Token;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // While the store is away there is no use in joining the group.
                StoreFailedException.Guard(() =>
                {
                    store.Open();
                    return 0;
                });
                using var session = new ImportSession(_context, store);
                session.Run(stopping);
            }
            catch (StoreFailedException)
            {
                // The node's calls of the store report its outage.
            }
            catch (KafkaException exception)
            {
                _context.ImportOutage.OnFailure(KafkaErrors.Translated(exception.Error, _context.Settings, exception));
            }
#pragma warning disable CA1031 // The thread must not end. A store may throw anything.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _context.ImportOutage.OnFailure(exception);
            }
            stopping.WaitHandle.WaitOne(AfterFailure);
        }
    }
}
