using Confluent.Kafka;

namespace QueueAdmission.Kafka;

/// <summary>
/// One membership in the consumer group: from joining until the application stops, or until something fails.
/// </summary>
/// <remarks>
/// <para><b>Once.</b> A partition is read from the position of the store on, and an import moves that position together
/// with its jobs. So it does not matter where the group thinks it is, whether a call is repeated, or whether a consumer
/// has lost its partition without knowing it: what the store has read already has no effect.</para>
/// <para><b>None is left out.</b> An import says behind which position it follows. A store that is not there yet, as
/// after it was restored from a copy, refuses it, and the session ends. The next one begins where the store is.</para>
/// <para>The handlers run within <c>Consume</c>, so all fields belong to the thread.</para>
/// </remarks>
internal sealed class ImportSession : IDisposable
{
    private const int MaxBatch = 2_000;
    private const long MaxBatchBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(1);

    /// <summary>A partition that cannot go on is tried again, maybe by another node.</summary>
    private static readonly TimeSpan ObstaclePause = TimeSpan.FromSeconds(15);

    private readonly KafkaContext _context;
    private readonly IJobStore _store;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly Dictionary<TopicPartition, PartitionImport> _partitions = [];
    private readonly long _began;
    private long _probed;
    private volatile Error? _down;

    public ImportSession(KafkaContext context, IJobStore store)
    {
        (_context, _store, _began) = (context, store, context.Time.GetTimestamp());
        _consumer = new ConsumerBuilder<byte[], byte[]>(context.Settings.ForConsumer())
            .SetLogHandler((_, message) => KafkaLog.Client(context.Logger, message.Facility, message.Message))
            .SetErrorHandler((_, error) =>
            {
                if (error.IsFatal || error.Code == ErrorCode.Local_AllBrokersDown)
                {
                    _down = error;
                }
            })
            .SetPartitionsAssignedHandler((_, partitions) => partitions.ConvertAll(Begin))
            .SetPartitionsRevokedHandler(
                (_, partitions) => partitions.ForEach(partition => Forget(partition.TopicPartition)))
            .SetPartitionsLostHandler(
                (_, partitions) => partitions.ForEach(partition => Forget(partition.TopicPartition)))
            .Build();
    }

    /// <exception cref="KafkaException">The client has failed.</exception>
    /// <exception cref="StoreFailedException">The store has failed.</exception>
    /// <exception cref="JobStoreException">
    /// A partition cannot go on, or the store is at an earlier position.
    /// </exception>
    public void Run(CancellationToken stopping)
    {
        KafkaTopics.Check(_consumer.Handle, _context.Settings, BrokerTimeout);
        _consumer.Subscribe(_context.Settings.Topic);
        while (!stopping.IsCancellationRequested)
        {
            Read();
            foreach (var partition in _partitions.Values)
            {
                Import(partition);
            }
            ReportState();
        }
    }

    public void Dispose()
    {
        try
        {
            // It commits the positions, and leaves the group.
            _consumer.Close();
        }
        catch (KafkaException)
        {
            // The brokers are away. The group finds out by itself.
        }
        _consumer.Dispose();
        foreach (var partition in _partitions.Keys)
        {
            _context.Metrics.Forget(partition);
        }
    }

    /// <summary>Waits for a record, and takes those that are there already.</summary>
    private void Read()
    {
        var wait = Wait;
        long bytes = 0;
        for (var count = 0; count < MaxBatch && bytes < MaxBatchBytes; count++)
        {
            if (_consumer.Consume(wait) is not { Message: { } message } result)
            {
                return;
            }
            wait = TimeSpan.Zero;
            if (_partitions.TryGetValue(result.TopicPartition, out var partition) && partition.Obstacle is null)
            {
                Take(partition, result, message);
                bytes += message.Value?.Length ?? 0;
            }
        }
    }

    private void Take(PartitionImport partition, ConsumeResult<byte[], byte[]> result, Message<byte[], byte[]> message)
    {
        AcceptedJob? job = null;
        try
        {
            job = JobRecord.Read(message.Value);
        }
        catch (NewerRecordException exception)
        {
            // Its caller has a 202. A node with the newer release gets the partition in time.
            Stop(partition, $"{result.TopicPartitionOffset}: {exception.Message}. Update the application.");
            _consumer.Pause([result.TopicPartition]);
            return;
        }
        catch (InvalidDataException exception)
        {
            _context.Metrics.CountUnreadable(result.TopicPartition);
            KafkaLog.Unreadable(_context.Logger, result.TopicPartitionOffset, exception.Message);
        }
        partition.Add(result.Offset.Value, job, message.Value?.Length ?? 0);
    }

    private void Import(PartitionImport partition)
    {
        if (partition.Count == 0)
        {
            UpdateLag(partition);
            return;
        }
        var import = partition.ToImport();
        var reached = StoreFailedException.Guard(() => _store.Import(import));
        if (reached < import.After)
        {
            KafkaLog.StoreWentBack(_context.Logger, partition.Partition, reached);
            throw new StoreFailedException(new InvalidOperationException("The store is at an earlier position."));
        }
        _context.Metrics.CountImported(partition.Partition, partition.Count);
        partition.Begin(import.Last);
        UpdateLag(partition);
        try
        {
            _consumer.StoreOffset(new TopicPartitionOffset(partition.Partition, import.Last + 1));
        }
        catch (KafkaException)
        {
            // The partition belongs to another consumer by now.
        }
    }

    /// <summary>Where a partition is read from that this node has got.</summary>
    private TopicPartitionOffset Begin(TopicPartition topicPartition)
    {
        var source = _context.Settings.SourceOf(topicPartition.Partition);
        var partition = _partitions[topicPartition] = new PartitionImport(topicPartition, source);
        var position = StoreFailedException.Guard(() => _store.ReadPosition(source));
        partition.Begin(position);
        var range = _consumer.QueryWatermarkOffsets(topicPartition, BrokerTimeout);
        var next = position + 1;
        if (next > range.High.Value)
        {
            // New records would have positions that the store has read already, and would be left out.
            Stop(partition, $"{topicPartition} ends before {range.High.Value}, and the store has read up to {position}. "
                + "The topic was made again, or has lost records. Give it another name");
            return new TopicPartitionOffset(topicPartition, Offset.End);
        }
        if (next < range.Low.Value)
        {
            if (position >= 0)
            {
                KafkaLog.RecordsLost(_context.Logger, topicPartition, range.Low.Value - next);
            }
            next = range.Low.Value;
        }
        KafkaLog.Assigned(_context.Logger, topicPartition, next);
        return new TopicPartitionOffset(topicPartition, next);
    }

    private void Forget(TopicPartition partition)
    {
        _partitions.Remove(partition);
        _context.Metrics.Forget(partition);
    }

    private void Stop(PartitionImport partition, string reason)
    {
        partition.Obstacle = reason;
        _context.ImportOutage.OnFailure(new JobStoreException(JobStoreProblem.Unusable, $"Kafka at {_context.Settings.BootstrapServers}: {reason}"));
    }

    private void UpdateLag(PartitionImport partition)
    {
        if (_consumer.GetWatermarkOffsets(partition.Partition) is { High.Value: >= 0 } range)
        {
            _context.Metrics.SetLag(partition.Partition, range.High.Value - 1 - partition.Position);
        }
    }

    /// <summary>Ends an outage when the brokers answer again, and the session when a partition cannot go on.</summary>
    private void ReportState()
    {
        var obstacle = _partitions.Values.FirstOrDefault(partition => partition.Obstacle is not null)?.Obstacle;
        if (obstacle is not null)
        {
            if (_context.Time.GetElapsedTime(_began) > ObstaclePause)
            {
                throw new JobStoreException(
                    JobStoreProblem.Unusable, $"Kafka at {_context.Settings.BootstrapServers}: {obstacle}");
            }
            return;
        }
        if (_down is { } error)
        {
            _context.ImportOutage.OnFailure(KafkaErrors.Translated(error, _context.Settings));
            _down = null;
            if (error.IsFatal)
            {
                throw new KafkaException(error);
            }
            _probed = _context.Time.GetTimestamp();
            return;
        }
        // What a partition cannot do is over when this node reads it, and not as soon as the brokers answer.
        if (_context.ImportOutage.Current is not { } outage
            || (outage.Problem == JobStoreProblem.Unusable && _partitions.Count == 0)
            || _context.Time.GetElapsedTime(_probed) < BetweenProbes)
        {
            return;
        }
        _probed = _context.Time.GetTimestamp();
        try
        {
            KafkaTopics.Check(_consumer.Handle, _context.Settings, BetweenProbes);
            _context.ImportOutage.OnSuccess();
        }
        catch (JobStoreException)
        {
            // It is still away.
        }
    }
}
