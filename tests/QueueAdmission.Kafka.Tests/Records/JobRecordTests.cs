using QueueAdmission.Kafka.Doubles;

namespace QueueAdmission.Kafka.Records;

public sealed class JobRecordTests
{
    private static readonly AcceptedJob Full = new()
    {
        Id = Guid.NewGuid(),
        Queue = "posts \ud800 \u20ac",
        Route = "POST /posts/{id}",
        Payload = [0, 255, 7],
        AcceptedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)),
        MaxWaiting = 5,
        Priority = JobPriority.High,
        Weight = 3,
        SequenceKey = [1],
        IdempotencyKey = [],
        Fingerprint = [2, 3],
    };

    [Fact]
    public void Read_AJobThatWasWritten_IsTheSame()
    {
        var read = JobRecord.Read(JobRecord.Write(Full));

        Assert.Equal(
            (Full.Id, Full.Queue, Full.Route, Full.AcceptedAt), (read.Id, read.Queue, read.Route, read.AcceptedAt));
        Assert.Equal((Full.Priority, Full.Weight), (read.Priority, read.Weight));
        Assert.Equal(Full.Payload, read.Payload);
        Assert.Equal(
            [Full.SequenceKey, Full.IdempotencyKey, Full.Fingerprint],
            new[] { read.SequenceKey, read.IdempotencyKey, read.Fingerprint });
    }

    [Fact]
    public void Read_AJobWithoutKeys_HasNone()
    {
        var read = JobRecord.Read(JobRecord.Write(Jobs.New([])));

        Assert.Equal((null, null, null), (read.SequenceKey, read.IdempotencyKey, read.Fingerprint));
        Assert.Empty(read.Payload);
    }

    [Fact]
    public void Read_ARecordThatIsCutOrLonger_IsNoJob()
    {
        var record = JobRecord.Write(Full);

        for (var length = 0; length < record.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => JobRecord.Read(record[..length]));
        }
        Assert.Throws<InvalidDataException>(() => JobRecord.Read([.. record, 0]));
    }

    [Fact]
    public void Read_ARecordWithWrongBytes_IsNoJobOrAnother()
    {
        var record = JobRecord.Write(Full);

        for (var i = 3; i < record.Length; i++)
        {
            var changed = record.ToArray();
            changed[i] ^= 0xFF;
            var failure = Record.Exception(() => JobRecord.Read(changed));
            Assert.True(failure is null or InvalidDataException, $"Byte {i}: {failure}");
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{\"text\":\"hello\"}")]
    public void Read_ARecordOfAnotherProgram_IsNoJob(string? text) =>
        Assert.Throws<InvalidDataException>(
            () => JobRecord.Read(text is null ? null : System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Read_ARecordOfANewerRelease_SaysSo()
    {
        var record = JobRecord.Write(Full);
        record[2] = JobRecord.Version + 1;

        Assert.Throws<NewerRecordException>(() => JobRecord.Read(record));
    }
}
