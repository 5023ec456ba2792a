using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Crash.Campaign;
using QueueAdmission.Kafka.Doubles;

namespace QueueAdmission.Kafka;

/// <summary>
/// Tests against a real broker that is killed. Its version is 0.9, which has no idempotent producers and does not let
/// clients query the supported protocol versions.
/// </summary>
public sealed class RealBrokerTests
{
    private const string Topic = "jobs";
    private const int Kills = 3;

    [Fact(Skip = KafkaServer.Missing, SkipType = typeof(KafkaServer), SkipWhen = nameof(KafkaServer.IsMissing))]
    public async Task Kill_BrokerAndNodes_NoAcceptedJobIsLostAndEachIsThereOnce()
    {
        using var kafka = KafkaServer.Start();
        kafka.AddTopic(Topic, partitions: 4);
        var folder = Directory.CreateTempSubdirectory("queueadmission-kafka-");
        var path = Path.Combine(folder.FullName, "jobs.db");
        try
        {
            using var reader = Open(path);
            using var accepting = NewNode(kafka, reader, imports: false);
            var acknowledged = new HashSet<Guid>();
            using var stop = new CancellationTokenSource();
            var posting = Task.Factory.StartNew(
                () => Post(accepting, acknowledged, stop.Token), TaskCreationOptions.LongRunning);
            using var stays = Importing(kafka, path);
            for (var i = 0; i < Kills; i++)
            {
                // This node joins and leaves, so that the group is rebalanced in addition.
                using (Importing(kafka, path))
                {
                    await CountAsync(() => Count(acknowledged), Count(acknowledged) + 1_000, stays);
                }
                await kafka.KillAndStartAsync();
                await CountAsync(() => Count(acknowledged), Count(acknowledged) + 500, stays);
            }
            await stop.CancelAsync();
            await posting;
            await CountAsync(
                () => acknowledged.LongCount(id => reader.Find(id) is not null), acknowledged.Count, stays);

            var counts = Assert.Single(reader.ReadCounts());
            var records = Enumerable.Range(0, 4).Sum(i => reader.ReadPosition($"kafka/{Topic}/{i}") + 1);
            TestContext.Current.SendDiagnosticMessage(
                $"{acknowledged.Count} acknowledged, {counts.Accepted} in the store, {records} records, "
                + $"{Kills} kills of the broker");
            // The store may have more jobs than were acknowledged, because a record whose confirmation was lost is
            // imported as well. The topic may have more records than the store has jobs, because the old producer sends
            // some records twice.
            Assert.InRange(counts.Accepted, acknowledged.Count, records);
            Assert.Equal(counts.Accepted, counts.Waiting);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Post(KafkaNode node, HashSet<Guid> acknowledged, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var accepted = node.Intake.Accept(Jobs.Many(20))
                    .Where(acceptance => acceptance.Status == JobAcceptanceStatus.Accepted);
                lock (acknowledged)
                {
                    acknowledged.UnionWith(accepted.Select(acceptance => acceptance.Id));
                }
            }
            catch (JobStoreException)
            {
                // These jobs would have been answered with 503.
            }
        }
    }

    private static long Count(HashSet<Guid> acknowledged)
    {
        lock (acknowledged)
        {
            return acknowledged.Count;
        }
    }

    private static async Task CountAsync(Func<long> count, long least, KafkaNode node) =>
        await Eventually.TrueAsync(() => count() >= least, () => $"{count()} of {least}\n{node.Lines}");

    private static KafkaNode Importing(KafkaServer kafka, string path)
    {
        var node = NewNode(kafka, Open(path), imports: true);
        node.StartImport();
        return node;
    }

    private static KafkaNode NewNode(KafkaServer kafka, IJobStore store, bool imports) =>
        new(kafka.Address, Topic, store, configure: options =>
        {
            options.Import = imports;
            options.DeliveryTimeout = TimeSpan.FromSeconds(2);
            options.Consumer["heartbeat.interval.ms"] = "200";
            options.Client["reconnect.backoff.max.ms"] = "200";
            KafkaServer.Configure(options.Client, options.Producer);
        });

    private static IJobStore Open(string path)
    {
        var services = new ServiceCollection();
        services.AddQueuedAdmission().AddDeferredJobs(jobs => jobs.UseSqlite($"Data Source={path}"));
        var store = services.BuildServiceProvider().GetRequiredService<IJobStore>();
        store.Open();
        return store;
    }
}
