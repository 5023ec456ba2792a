using Confluent.Kafka;
using QueueAdmission.Kafka.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Kafka.Accepting;

public sealed class KafkaJobIntakeTests : IDisposable
{
    private readonly MockKafka _kafka = new();
    private readonly InMemoryJobStore _store = new();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public void Accept_BrokersHaveTheJobs_GivesTheirPositions()
    {
        using var node = new KafkaNode(_kafka, _store.Open());
        var jobs = Jobs.Many(50);

        var result = node.Intake.Accept(jobs);

        Assert.All(result, acceptance => Assert.Equal(JobAcceptanceStatus.Accepted, acceptance.Status));
        Assert.Equal(jobs.Select(job => job.Id), result.Select(acceptance => acceptance.Id));
        Assert.Equal(50, result.Select(acceptance => acceptance.Position!.Value).Distinct().Count());
        Assert.Equal(50, _kafka.Count());
    }

    [Fact]
    public void Accept_JobsOfOneSequence_LieInOnePartitionInTheirOrder()
    {
        using var node = new KafkaNode(_kafka, _store.Open());
        var key = Guid.NewGuid().ToByteArray();

        var positions = Enumerable.Range(0, 5)
            .SelectMany(_ => node.Intake
                .Accept([Jobs.New(sequenceKey: key), Jobs.New(), Jobs.New(sequenceKey: key)])
                .Where((_, i) => i != 1))
            .Select(acceptance => acceptance.Position!.Value).ToArray();

        Assert.Single(positions.Select(position => position.Source).Distinct());
        Assert.Equal(
            positions.Select(position => position.Position).Order(),
            positions.Select(position => position.Position));
    }

    [Fact]
    public async Task Accept_BrokerIsAway_ThrowsAndGoesOnWhenItIsBack()
    {
        using var node = new KafkaNode(
            _kafka, _store.Open(), configure: options => options.DeliveryTimeout = TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => Record.Exception(() => node.Intake.Accept([Jobs.New()])) is null);
        _kafka.GoDown();

        var exception = Assert.Throws<JobStoreException>(() => node.Intake.Accept(Jobs.Many(3)));

        Assert.Equal(JobStoreProblem.Unreachable, exception.Problem);
        Assert.Contains(_kafka.Servers, exception.Message, StringComparison.Ordinal);
        _kafka.ComeUp();
        await Eventually.TrueAsync(() => Record.Exception(() => node.Intake.Accept([Jobs.New()])) is null);
    }

    [Fact]
    public void Accept_OneJobIsTooLarge_RefusesThatOneOnly()
    {
        using var node = new KafkaNode(
            _kafka, _store.Open(), configure: options => options.Producer["message.max.bytes"] = "20000");

        var result = node.Intake.Accept([Jobs.New(), Jobs.New(new byte[30_000]), Jobs.New()]);
        var alone = node.Intake.Accept([Jobs.New(new byte[30_000])]);

        Assert.Equal(
            [JobAcceptanceStatus.Accepted, JobAcceptanceStatus.Unavailable, JobAcceptanceStatus.Accepted],
            result.Select(acceptance => acceptance.Status));
        Assert.Equal(JobAcceptanceStatus.Unavailable, alone[0].Status);
        Assert.Single(node.Log.GetSnapshot(), record => record.Id.Name == "KafkaJobTooLarge");
    }

    [Fact]
    public void Accept_BufferIsFull_RefusesTheRest()
    {
        using var node = new KafkaNode(_kafka, _store.Open(), configure: options =>
        {
            options.Producer["queue.buffering.max.messages"] = "10";
            // Long enough for the buffer to fill up before the first record times out.
            options.DeliveryTimeout = TimeSpan.FromSeconds(3);
        });
        _kafka.GoDown();

        var exception = Assert.Throws<JobStoreException>(() => node.Intake.Accept(Jobs.Many(30)));

        Assert.Equal(JobStoreProblem.Full, exception.Problem);
    }

    [Fact]
    public void Open_TopicDoesNotExist_IsUnusable()
    {
        _kafka.FailTopic(ErrorCode.UnknownTopicOrPart);
        using var node = new KafkaNode(_kafka, _store.Open());

        var exception = Assert.Throws<JobStoreException>(node.Intake.Open);

        Assert.Equal(JobStoreProblem.Unusable, exception.Problem);
        Assert.Contains(_kafka.Topic, exception.Message, StringComparison.Ordinal);
    }
}
