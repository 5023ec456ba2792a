using Confluent.Kafka;

namespace QueueAdmission.Kafka;

/// <summary>Classifies errors of the Kafka client.</summary>
internal static class KafkaErrors
{
    public static JobStoreException Translated(Error error, KafkaSettings settings, Exception? exception = null) => new(
        ProblemOf(error.Code),
        $"Kafka at {settings.BootstrapServers}, topic {settings.Topic}: {error.Reason} ({error.Code})", exception);

    /// <summary>
    /// Returns true if an error concerns a single record, and does not mean that the brokers have a problem.
    /// </summary>
    public static bool ConcernsTheRecord(Error error) =>
        error.Code is ErrorCode.MsgSizeTooLarge
            or ErrorCode.RecordListTooLarge
            or ErrorCode.InvalidMsgSize
            or ErrorCode.InvalidRecord;

    private static JobStoreProblem ProblemOf(ErrorCode code) => code switch
    {
        ErrorCode.Local_QueueFull => JobStoreProblem.Full,
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.TopicAuthorizationFailed
            or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
                JobStoreProblem.AccessDenied,
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition
            or ErrorCode.TopicException => JobStoreProblem.Unusable,
        _ => JobStoreProblem.Unreachable,
    };
}
