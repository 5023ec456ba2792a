using Microsoft.Extensions.Logging;
using QueueAdmission.Kafka.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Kafka.Importing;

public sealed class KafkaImporterTests : IDisposable
{
    private readonly MockKafka _kafka = new();
    private readonly InMemoryJobStore _store = new();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task Import_JobsThatWereAccepted_GetToTheStoreAsTheyWere()
    {
        using var node = new KafkaNode(_kafka, _store.Open());
        var jobs = Jobs.Many(100);
        node.StartImport();

        node.Intake.Accept(jobs);
        await node.AcceptedAsync(100);

        Assert.All(jobs, job => Assert.Equal(job.Payload, node.Store.Find(job.Id)!.Payload));
    }

    [Fact]
    public async Task Import_JobsOfOneSequence_KeepTheirOrder()
    {
        using var node = new KafkaNode(_kafka, _store.Open());
        var jobs = Enumerable.Range(0, 20).Select(_ => Jobs.New(sequenceKey: [1])).ToArray();
        node.Intake.Accept(jobs);

        node.StartImport();
        await node.AcceptedAsync(20);

        Assert.True(node.Store.RenewOwner("node").MayRun);
        foreach (var job in jobs)
        {
            var claimed = Assert.Single(node.Store.Advance("node", [], [new JobClaim("posts", 5)]).Jobs);
            Assert.Equal(job.Id, claimed.Id);
            var end = new JobEnd { Id = claimed.Id, Queue = "posts", Claim = claimed.Claim, Kind = JobEndKind.Done };
            node.Store.Advance("node", [end], []);
        }
    }

    /// <summary>
    /// The process is killed after the import and before the group has committed its offset. Jobs that have run and
    /// been purged in the meantime are not imported again.
    /// </summary>
    [Fact]
    public async Task Import_GroupKnowsNothing_GoesOnWhereTheStoreIs()
    {
        using (var first = new KafkaNode(_kafka, _store.Open(), "first"))
        {
            first.Intake.Accept(Jobs.Many(30));
            first.StartImport();
            await first.AcceptedAsync(30);
            RunAndPurge(first.Store, 30);
        }
        // A group that has never committed reads the topic from its beginning, like a group whose commit was lost.
        using var second = new KafkaNode(_kafka, _store.Open(), "second");
        second.Intake.Accept(Jobs.Many(5));

        second.StartImport();
        await second.AcceptedAsync(35);

        Assert.Equal((5, 30), (second.Counts!.Waiting, second.Counts.Done));
    }

    [Fact]
    public async Task Import_CallFailsAfterItWasDone_HasItsEffectOnce()
    {
        var failures = 2;
        var store = new OtherStore(_store.Open(), (inner, import) =>
        {
            var position = inner.Import(import);
            return Interlocked.Decrement(ref failures) >= 0
                ? throw new JobStoreException(JobStoreProblem.Unreachable, "The answer was lost.")
                : position;
        });
        // Small answers of the broker split each partition into several imports, as on a busy machine.
        using var node = new KafkaNode(
            _kafka, store, configure: options => options.Consumer["max.partition.fetch.bytes"] = "600");
        Array.ForEach(Jobs.Many(40), job => node.Intake.Accept([job]));

        node.StartImport();
        await Eventually.TrueAsync(() => Volatile.Read(ref failures) <= 0, () => node.Lines);
        await node.AcceptedAsync(40);
        RunAndPurge(store, 40);
        node.Intake.Accept(Jobs.Many(1));
        await node.AcceptedAsync(41);

        Assert.Equal((1, 40), (node.Counts!.Waiting, node.Counts.Done));
    }

    [Fact]
    public async Task Import_StoreIsAway_WaitsAndLosesNothing()
    {
        using var node = new KafkaNode(_kafka, _store.Open());
        node.StartImport();
        node.Intake.Accept(Jobs.Many(10));
        await node.AcceptedAsync(10);
        _store.GoAway();

        var accepted = node.Intake.Accept(Jobs.Many(10));
        var calls = _store.Calls;
        await Eventually.TrueAsync(() => _store.Calls > calls, () => node.Lines);
        _store.ComeBack();
        await node.AcceptedAsync(20);

        Assert.All(accepted, acceptance => Assert.Equal(JobAcceptanceStatus.Accepted, acceptance.Status));
        await Eventually.TrueAsync(() => node.Intake.Outage is null, () => node.Lines);
    }

    [Fact]
    public async Task Import_StoreWasRestoredFromACopy_GetsTheJobsAgain()
    {
        var store = new OtherStore(_store.Open());
        using var node = new KafkaNode(_kafka, store);
        node.StartImport();
        node.Intake.Accept(Jobs.Many(20));
        await node.AcceptedAsync(20);

        store.Replace(new InMemoryJobStore().Open());
        // The next import of each partition discovers the change.
        node.Intake.Accept(Jobs.Many(20));
        await node.AcceptedAsync(40);

        Assert.Contains(node.Log.GetSnapshot(), record => record.Id.Name == "KafkaStoreWentBack");
    }

    [Fact]
    public async Task Import_ConsumersComeAndGo_EachJobIsThereOnce()
    {
        using var first = new KafkaNode(_kafka, _store.Open());
        first.StartImport();
        var jobs = new List<AcceptedJob>();
        await AcceptSomeAsync();
        using (var second = new KafkaNode(_kafka, _store.Open()))
        {
            second.StartImport();
            await Eventually.TrueAsync(() => PartitionsOf(second) > 0, () => second.Lines);
            await AcceptSomeAsync();
            await first.StopImportAsync();
            await AcceptSomeAsync();
            await second.AcceptedAsync(jobs.Count);
        }
        using var third = new KafkaNode(_kafka, _store.Open());
        third.StartImport();
        await AcceptSomeAsync();
        await third.AcceptedAsync(jobs.Count);

        Assert.All(jobs, job => Assert.NotNull(first.Store.Find(job.Id)));

        async Task AcceptSomeAsync()
        {
            for (var i = 0; i < 10; i++)
            {
                var group = Jobs.Many(10);
                var acceptances = await Task.Run(() => first.Intake.Accept(group));
                Assert.All(acceptances, acceptance => Assert.Equal(JobAcceptanceStatus.Accepted, acceptance.Status));
                jobs.AddRange(group);
            }
        }
    }

    [Fact]
    public async Task Import_RecordIsNoJob_IsSkippedAndTold()
    {
        using var node = new KafkaNode(_kafka, _store.Open());
        _kafka.Write(0, "{}"u8.ToArray());
        _kafka.Write(1, JobRecord.Write(Jobs.New())[..20]);
        _kafka.Write(0, JobRecord.Write(Jobs.New()));
        _kafka.Write(1, JobRecord.Write(Jobs.New()));

        node.StartImport();
        await node.AcceptedAsync(2);

        Assert.Equal(["jobs [[0]] @0", "jobs [[1]] @0"], node.Log.GetSnapshot()
            .Where(record => record.Id.Name == "KafkaRecordUnreadable")
            .Select(record => record.GetStructuredStateValue("Record")!).Order());
        Assert.Null(node.Intake.Outage);
        Assert.Equal(1, node.Store.ReadPosition("kafka/jobs/0"));
    }

    [Fact]
    public async Task Import_RecordOfANewerRelease_HoldsUpItsPartitionAndIsTold()
    {
        using var node = new KafkaNode(_kafka, _store.Open());
        var newer = JobRecord.Write(Jobs.New());
        newer[2]++;
        _kafka.Write(0, JobRecord.Write(Jobs.New()));
        _kafka.Write(0, newer);
        _kafka.Write(0, JobRecord.Write(Jobs.New()));
        _kafka.Write(1, JobRecord.Write(Jobs.New()));

        node.StartImport();
        await node.AcceptedAsync(2);
        await Eventually.TrueAsync(() => node.Intake.Outage is not null, () => node.Lines);

        Assert.Equal(JobStoreProblem.Unusable, node.Intake.Outage!.Problem);
        Assert.Contains("newer release", node.Intake.Outage.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (node.Store.ReadPosition("kafka/jobs/0"), node.Store.ReadPosition("kafka/jobs/1")));
        Assert.Single(node.Log.GetSnapshot(), record => record.Level == LogLevel.Error);
    }

    [Fact]
    public async Task Import_TopicIsShorterThanTheStoreKnows_IsTold()
    {
        using var node = new KafkaNode(_kafka, _store.Open());
        node.Store.Import(new JobImport { Source = "kafka/jobs/0", After = -1, Last = 99, Jobs = [] });
        _kafka.Write(0, JobRecord.Write(Jobs.New()));
        _kafka.Write(1, JobRecord.Write(Jobs.New()));

        node.StartImport();
        await node.AcceptedAsync(1);
        await Eventually.TrueAsync(() => node.Intake.Outage is not null, () => node.Lines);

        Assert.Equal(JobStoreProblem.Unusable, node.Intake.Outage!.Problem);
        Assert.Contains("another name", node.Intake.Outage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_RecordsAreGoneThatTheStoreDoesNotHave_IsToldAndGoesOn()
    {
        using var node = new KafkaNode(_kafka, _store.Open());
        node.Store.Import(new JobImport { Source = "kafka/jobs/0", After = -1, Last = 0, Jobs = [] });
        var jobs = Jobs.Many(6);
        Array.ForEach(jobs, job => _kafka.Write(0, JobRecord.Write(job)));
        _kafka.Delete(0, before: 4);

        node.StartImport();
        await node.AcceptedAsync(2);

        Assert.All(jobs[4..], job => Assert.NotNull(node.Store.Find(job.Id)));
        Assert.Equal(5, node.Store.ReadPosition("kafka/jobs/0"));
        var line = Assert.Single(node.Log.GetSnapshot(), record => record.Level >= LogLevel.Information);
        Assert.Equal(("KafkaRecordsLost", LogLevel.Error), (line.Id.Name, line.Level));
        Assert.Equal(
            ("jobs [[0]]", "3"), (line.GetStructuredStateValue("Partition"), line.GetStructuredStateValue("Count")));
        Assert.Null(node.Intake.Outage);
    }

    [Fact]
    public async Task Import_RecordsAreGoneAndTheStoreIsNew_LosesNoneThatItKnew()
    {
        using var node = new KafkaNode(_kafka, _store.Open());
        for (var i = 0; i < 3; i++)
            _kafka.Write(0, JobRecord.Write(Jobs.New()));
        _kafka.Delete(0, before: 2);

        node.StartImport();
        await node.AcceptedAsync(1);

        Assert.DoesNotContain(node.Log.GetSnapshot(), record => record.Level >= LogLevel.Information);
    }

    [Fact]
    public async Task Import_BrokerIsAway_IsOneLineAndGoesOn()
    {
        using var node = new KafkaNode(_kafka, _store.Open());
        node.StartImport();
        node.Intake.Accept(Jobs.Many(3));
        await node.AcceptedAsync(3);

        _kafka.GoDown();
        await Eventually.TrueAsync(() => node.Intake.Outage is not null, () => node.Lines);
        _kafka.ComeUp();
        await Eventually.TrueAsync(() => node.Intake.Outage is null, () => node.Lines);
        await Eventually.TrueAsync(() => Record.Exception(() => node.Intake.Accept([Jobs.New()])) is null);
        await Eventually.TrueAsync(() => node.Counts!.Accepted >= 4, () => node.Lines);

        var lines = node.Log.GetSnapshot()
            .Where(record => record.Level >= LogLevel.Information)
            .Select(record => record.Id.Name)
            .ToArray();
        Assert.Equal(["KafkaImportAway", "KafkaImportBack"], lines);
    }

    private static int PartitionsOf(KafkaNode node) =>
        node.Log.GetSnapshot().Count(record => record.Id.Name == "KafkaPartitions");

    private static void RunAndPurge(IJobStore store, int count)
    {
        Assert.True(store.RenewOwner("node").MayRun);
        var jobs = store.Advance("node", [], [new JobClaim("posts", count)]).Jobs;
        Assert.Equal(count, jobs.Count);
        var ends = jobs.Select(
            job => new JobEnd { Id = job.Id, Queue = "posts", Claim = job.Claim, Kind = JobEndKind.Done });
        store.Advance("node", [.. ends], []);
        Assert.Equal(count, store.Purge("posts", TimeSpan.Zero, count));
        store.ResignOwner("node");
    }
}
