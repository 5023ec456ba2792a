using Confluent.Kafka;

namespace QueueAdmission.Kafka.Configuration;

public sealed class KafkaSettingsTests
{
    [Theory]
    [InlineData("acks", "1")]
    [InlineData("message.timeout.ms", "1")]
    [InlineData("bootstrap.servers", "elsewhere")]
    public void Settings_WhatTheIntakeReliesOn_IsRefused(string name, string value)
    {
        var options = new KafkaIntakeOptions();
        options.Producer[name] = value;

        Assert.Throws<ArgumentException>(() => new KafkaSettings("localhost:9092", options));
    }

    [Fact]
    public void Settings_WithoutIdempotence_OneRequestIsInFlight()
    {
        var options = new KafkaIntakeOptions();
        var idempotent = new KafkaSettings("a:1", options).ForProducer();
        Assert.Equal((true, Acks.All), (idempotent.EnableIdempotence, idempotent.Acks));

        options.Producer["enable.idempotence"] = "false";

        var producer = new KafkaSettings("a:1", options).ForProducer();
        Assert.Equal((false, 1, Acks.All), (producer.EnableIdempotence, producer.MaxInFlight, producer.Acks));
    }
}
