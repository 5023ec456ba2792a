using Confluent.Kafka;

namespace QueueAdmission.Kafka;

/// <summary>Accepts a job as soon as the brokers have confirmed its record.</summary>
/// <remarks>
/// <para>A record that is not confirmed in time may still be delivered. Its job then runs although the request was
/// answered with 503. A store whose answer is lost has the same effect.</para>
/// <para>After a fatal error of the producer, the next call creates a new producer.</para>
/// </remarks>
internal sealed class KafkaJobIntake(KafkaContext context) : IJobIntake
{
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReportGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly KafkaSettings _settings = context.Settings;
    private IProducer<byte[], byte[]>? _producer;
    private int _hasToldOfSize;
    private volatile bool _isBroken;
    private bool _isDisposed;

    public string Name => "kafka";

    public DeferredJobsOutage? Outage => context.ImportOutage.Current;

    public void Open() => KafkaTopics.Check(Take().Handle, _settings, OpenTimeout);

    public IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var producer = Take();
        var reports = new DeliveryReports(jobs.Count);
        for (var i = 0; i < jobs.Count; i++)
        {
            Produce(producer, reports, i, jobs[i]);
        }
        var places = reports.Wait(_settings.DeliveryTimeout + ReportGrace, context.Time);
        var result = new JobAcceptance[jobs.Count];
        var count = 0;
        for (var i = 0; i < result.Length; i++)
        {
            if (places[i] is not { } place)
            {
                result[i] = new JobAcceptance(JobAcceptanceStatus.Unavailable, jobs[i].Id);
                continue;
            }
            count++;
            result[i] = new JobAcceptance(JobAcceptanceStatus.Accepted, jobs[i].Id)
            {
                Position = new JobPosition(_settings.SourceOf(place.Partition), place.Offset.Value),
            };
        }
        if (count == 0 && jobs.Count > 0 && (reports.Error is not { } error || !KafkaErrors.ConcernsTheRecord(error)))
        {
            throw KafkaErrors.Translated(reports.Error ?? new Error(ErrorCode.Local_TimedOut), _settings);
        }
        return result;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Close(ref _producer, CloseTimeout);
        }
    }

    private void Produce(IProducer<byte[], byte[]> producer, DeliveryReports reports, int index, AcceptedJob job)
    {
        var record = new Message<byte[], byte[]> { Key = JobRecord.KeyOf(job), Value = JobRecord.Write(job) };
        try
        {
            producer.Produce(_settings.Topic, record, report =>
            {
                var isDurable = !report.Error.IsError && report.Status == PersistenceStatus.Persisted;
                OnReport(
                    reports, index, record.Value.Length, isDurable ? report.TopicPartitionOffset : null, report.Error);
            });
        }
        catch (ProduceException<byte[], byte[]> exception)
        {
            OnReport(reports, index, record.Value.Length, place: null, exception.Error);
        }
    }

    private void OnReport(DeliveryReports reports, int index, int bytes, TopicPartitionOffset? place, Error error)
    {
        if (error.IsError && KafkaErrors.ConcernsTheRecord(error) && Interlocked.Exchange(ref _hasToldOfSize, 1) == 0)
        {
            KafkaLog.JobTooLarge(context.Logger, bytes, error.Reason);
        }
        reports.Report(index, place, error.IsError ? error : null);
    }

    private IProducer<byte[], byte[]> Take()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isBroken)
            {
                _isBroken = false;
                Close(ref _producer, TimeSpan.Zero);
            }
            return _producer ??= new ProducerBuilder<byte[], byte[]>(_settings.ForProducer())
                .SetLogHandler((_, message) => KafkaLog.Client(context.Logger, message.Facility, message.Message))
                .SetErrorHandler((_, error) =>
                {
                    if (error.IsFatal)
                    {
                        _isBroken = true;
                    }
                })
                .Build();
        }
    }

    private static void Close(ref IProducer<byte[], byte[]>? producer, TimeSpan flush)
    {
        if (producer is null)
        {
            return;
        }
        try
        {
            producer.Flush(flush);
        }
        catch (KafkaException)
        {
            // Records without a confirmation have not been accepted.
        }
        producer.Dispose();
        producer = null;
    }
}
