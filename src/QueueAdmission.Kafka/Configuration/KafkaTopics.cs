using Confluent.Kafka;

namespace QueueAdmission.Kafka;

/// <summary>Checks that the topic can be used.</summary>
internal static class KafkaTopics
{
    /// <exception cref="JobStoreException">The brokers do not answer, or the topic does not exist.</exception>
    public static void Check(Handle handle, KafkaSettings settings, TimeSpan timeout)
    {
        using var admin = new DependentAdminClientBuilder(handle).Build();
        try
        {
            var topic = admin.GetMetadata(settings.Topic, timeout).Topics.Find(topic => topic.Topic == settings.Topic);
            if (topic is null || topic.Error.IsError)
            {
                throw KafkaErrors.Translated(topic?.Error ?? new Error(ErrorCode.Local_UnknownTopic), settings);
            }
        }
        catch (KafkaException exception)
        {
            throw KafkaErrors.Translated(exception.Error, settings, exception);
        }
    }
}
