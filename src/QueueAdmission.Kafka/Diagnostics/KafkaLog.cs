using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Kafka;

internal static partial class KafkaLog
{
    [LoggerMessage(EventId = 150, EventName = "KafkaImportAway", Level = LogLevel.Error,
        Message = "Jobs that were accepted do not get from Kafka to the store ({Problem}): {Reason}. The node goes on trying.")]
    public static partial void ImportAway(ILogger logger, JobStoreProblem problem, string reason);

    [LoggerMessage(EventId = 151, EventName = "KafkaImportBack", Level = LogLevel.Information,
        Message = "Jobs get from Kafka to the store again after {Seconds} s.")]
    public static partial void ImportBack(ILogger logger, double seconds);

    [LoggerMessage(EventId = 152, EventName = "KafkaRecordUnreadable", Level = LogLevel.Error,
        Message =
            "The record {Record} is skipped, because it is no job that can be read: {Reason} It stays in the topic.")]
    public static partial void Unreadable(ILogger logger, TopicPartitionOffset record, string reason);

    [LoggerMessage(EventId = 153, EventName = "KafkaRecordsLost", Level = LogLevel.Error,
        Message = "{Count} records of {Partition} were deleted by Kafka before the store had them. Jobs in them are lost. The retention of the topic is too short.")]
    public static partial void RecordsLost(ILogger logger, TopicPartition partition, long count);

    [LoggerMessage(EventId = 154, EventName = "KafkaStoreWentBack", Level = LogLevel.Warning,
        Message = "The store is at an earlier position of {Partition} than before ({Position}). It may have been restored. It gets the jobs behind that position again.")]
    public static partial void StoreWentBack(ILogger logger, TopicPartition partition, long position);

    [LoggerMessage(EventId = 155, EventName = "KafkaJobTooLarge", Level = LogLevel.Error,
        Message = "A job of {Bytes} bytes is larger than Kafka takes, and was refused: {Reason}. Raise message.max.bytes, or lower MaxBodySize. Further ones are refused without a line.")]
    public static partial void JobTooLarge(ILogger logger, int bytes, string reason);

    [LoggerMessage(EventId = 156, EventName = "KafkaClient", Level = LogLevel.Debug,
        Message = "{Facility}: {Text}")]
    public static partial void Client(ILogger logger, string facility, string text);

    [LoggerMessage(EventId = 157, EventName = "KafkaPartitions", Level = LogLevel.Debug,
        Message = "This node brings the jobs of {Partition} to the store, from {Offset} on.")]
    public static partial void Assigned(ILogger logger, TopicPartition partition, long offset);
}
