using Confluent.Kafka;

namespace QueueAdmission.Kafka;

/// <summary>
/// One membership in the consumer group. It lasts from joining until the application stops or an error occurs.
/// </summary>
/// <remarks>
/// <para><b>No job is imported twice.</b> A partition is read from the position that the store has reached. Each import
/// updates this position together with storing its jobs. Records at or below the position have no effect. Therefore it
/// does not matter which offset the group has committed, whether a call is repeated, or whether a consumer has lost its
/// partition without noticing.</para>
/// <para><b>No job is skipped.</b> Each import specifies the position that the store must have reached. A store that
/// has not reached it, for example because it was restored from a backup, refuses the import, and the session ends. The
/// next session begins at the position of the store.</para>
/// <para>Partition and error handlers run on the thread that calls <c>Consume</c> or <c>Close</c>, which is the
/// importer's thread. This thread owns all fields, and <c>_down</c> is volatile only as a precaution. The log handler
/// runs on threads of librdkafka and uses none of the fields that change.</para>
/// </remarks>
internal sealed class ImportSession : IDisposable
{
    private const int MaxBatch = 2_000;
    private const long MaxBatchBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The age from which the session ends if a partition is blocked. The partition is then tried again, possibly by
    /// another node.
    /// </summary>
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

    /// <exception cref="KafkaException">The Kafka client has failed.</exception>
    /// <exception cref="StoreFailedException">
    /// The store has failed, or is at an earlier position than before.
    /// </exception>
    /// <exception cref="JobStoreException">
    /// The brokers do not answer, the topic does not exist, or a partition is blocked.
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
            // Close commits the offsets and leaves the group.
            _consumer.Close();
        }
        catch (KafkaException)
        {
            // The brokers are unreachable. The group notices after the session timeout that this member has left.
        }
        _consumer.Dispose();
        foreach (var partition in _partitions.Keys)
        {
            _context.Metrics.Forget(partition);
        }
    }

    /// <summary>
    /// Waits for a record, then takes all records that are available without waiting, up to the limits of a batch.
    /// </summary>
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
            // The job was accepted with 202, so its record must not be skipped. A node with the newer release can read
            // the record when it gets the partition.
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
            // The partition is now assigned to another consumer.
        }
    }

    /// <summary>
    /// Prepares a partition that was assigned to this node, and returns the offset from which to read it.
    /// </summary>
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
            // New records would have offsets that the store has already passed, so they would be skipped.
            Stop(
                partition,
                $"{topicPartition} ends before offset {range.High.Value}, "
                + $"but has been imported up to offset {position}. "
                + "The topic was created again, or has lost records. Use a topic with another name.");
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
        _context.ImportOutage.OnFailure(new JobStoreException(
            JobStoreProblem.Unusable, $"Kafka at {_context.Settings.BootstrapServers}: {reason}"));
    }

    private void UpdateLag(PartitionImport partition)
    {
        if (_consumer.GetWatermarkOffsets(partition.Partition) is { High.Value: >= 0 } range)
        {
            _context.Metrics.SetLag(partition.Partition, range.High.Value - 1 - partition.Position);
        }
    }

    /// <summary>
    /// Reports whether the brokers can be reached. Ends the session if a partition is blocked or the client has failed.
    /// </summary>
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
        // An unusable partition is usable again only after this node has read it. An answer of the brokers alone does
        // not prove that.
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
            // The brokers or the topic are still unavailable.
        }
    }
}
