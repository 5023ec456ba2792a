using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Kafka;

internal static partial class KafkaLog
{
    [LoggerMessage(EventId = 150, EventName = "KafkaImportAway", Level = LogLevel.Error,
        Message = "Accepted jobs cannot be imported from Kafka into the store ({Problem}). "
            + "The node keeps trying. Reason: {Reason}")]
    public static partial void ImportAway(ILogger logger, JobStoreProblem problem, string reason);

    [LoggerMessage(EventId = 151, EventName = "KafkaImportBack", Level = LogLevel.Information,
        Message = "Jobs are imported from Kafka into the store again after {Seconds} s.")]
    public static partial void ImportBack(ILogger logger, double seconds);

    [LoggerMessage(EventId = 152, EventName = "KafkaRecordUnreadable", Level = LogLevel.Error,
        Message =
            "The record {Record} is skipped, because it is not a readable job: {Reason} It stays in the topic.")]
    public static partial void Unreadable(ILogger logger, TopicPartitionOffset record, string reason);

    [LoggerMessage(EventId = 153, EventName = "KafkaRecordsLost", Level = LogLevel.Error,
        Message = "Kafka deleted {Count} records of {Partition} before they were imported into the store. "
            + "The jobs in these records are lost. The retention of the topic is too short.")]
    public static partial void RecordsLost(ILogger logger, TopicPartition partition, long count);

    [LoggerMessage(EventId = 154, EventName = "KafkaStoreWentBack", Level = LogLevel.Warning,
        Message = "The store is at an earlier position of {Partition} than before ({Position}). "
            + "It may have been restored from a backup. The jobs after that position are imported again.")]
    public static partial void StoreWentBack(ILogger logger, TopicPartition partition, long position);

    [LoggerMessage(EventId = 155, EventName = "KafkaJobTooLarge", Level = LogLevel.Error,
        Message = "A job of {Bytes} bytes is larger than Kafka accepts, and was refused: {Reason}. "
            + "Raise max.message.bytes of the topic and message.max.bytes of the producer, or lower MaxBodySize. "
            + "Further jobs that are too large are refused without a log entry.")]
    public static partial void JobTooLarge(ILogger logger, int bytes, string reason);

    [LoggerMessage(EventId = 156, EventName = "KafkaClient", Level = LogLevel.Debug,
        Message = "{Facility}: {Text}")]
    public static partial void Client(ILogger logger, string facility, string text);

    [LoggerMessage(EventId = 157, EventName = "KafkaPartitions", Level = LogLevel.Debug,
        Message = "This node imports the jobs of {Partition} into the store, starting at offset {Offset}.")]
    public static partial void Assigned(ILogger logger, TopicPartition partition, long offset);
}
