using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QueueAdmission.Kafka;

/// <summary>Imports jobs from Kafka into the store, on a dedicated thread.</summary>
/// <remarks>
/// Every failure is handled in the same way: the importer leaves the consumer group, drops all its state, and starts
/// again at the position of the store. A restart after a crash follows the same path.
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
        // The thread completes its import and leaves the group, so that another node continues at once.
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
                // If the store cannot be used, joining the group would be of no use.
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
                // Other calls of this node report the outage of the store.
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
