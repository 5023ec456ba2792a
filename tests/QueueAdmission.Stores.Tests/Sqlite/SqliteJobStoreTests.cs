using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using QueueAdmission.Sqlite;
using QueueAdmission.Stores.Contract;

namespace QueueAdmission.Stores.Sqlite;

public sealed class SqliteJobStoreTests : IDisposable
{
    private readonly JobFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Accept_FileWasDeletedWhileItIsOpen_ThrowsOnceAndThenUsesTheNewFile()
    {
        using var store = _file.Open();
        store.Open();
        var lost = Jobs.New();
        store.Accept([lost]);
        Assert.True(store.RenewOwner("a").MayRun);

        _file.Delete();

        var exception = Assert.Throws<JobStoreException>(() => store.Accept([Jobs.New()]));
        Assert.Equal(JobStoreProblem.Unreachable, exception.Problem);
        Assert.Contains("moved or deleted", exception.Message, StringComparison.Ordinal);
        var job = Jobs.New();
        Assert.Equal(JobAcceptanceStatus.Accepted, store.Accept([job])[0].Status);
        Assert.Null(store.Find(lost.Id));
        Assert.Equal(1, Jobs.AssertEquation(store).Accepted);
        Assert.Empty(store.Advance("a", [], [new JobClaim("posts", 1)]).Jobs);
        Assert.True(store.RenewOwner("a").MayRun);
        Assert.Equal(job.Id, Assert.Single(store.Advance("a", [], [new JobClaim("posts", 1)]).Jobs).Id);
    }

    [Fact]
    public void Find_FileWasReplacedByACopy_ReadsTheCopy()
    {
        var (old, later) = (Jobs.New(), Jobs.New());
        using (var before = _file.Open())
        {
            before.Accept([old]);
        }
        var backup = File.ReadAllBytes(_file.Path);
        using var store = _file.Open();
        store.Accept([later]);
        Assert.NotNull(store.Find(later.Id));

        _file.Delete();
        File.WriteAllBytes(_file.Path, backup);

        Assert.NotNull(store.Find(old.Id));
        Assert.Null(store.Find(later.Id));
    }

    [Fact]
    public void RenewOwner_FileOfTheLockWasDeleted_TheSecondNodeHasTheRightAndTheFirstLosesIt()
    {
        using var first = _file.Open();
        using var second = _file.Open();
        Assert.True(first.RenewOwner("a").MayRun);
        first.Accept([Jobs.New(), Jobs.New()]);
        var claimed = Assert.Single(first.Advance("a", [], [new JobClaim("posts", 1)]).Jobs);
        Assert.False(second.RenewOwner("b").MayRun);

        File.Delete(_file.Path + ".owner");

        Assert.Equal(new JobOwnership(true, 1), second.RenewOwner("b"));
        var advance = first.Advance("a", [Jobs.EndOf(claimed, JobEndKind.Done)], [new JobClaim("posts", 10)]);
        Assert.False(advance.Ends[0]);
        Assert.Empty(advance.Jobs);
        Assert.False(first.RenewOwner("a").MayRun);
        Assert.True(second.RenewOwner("b").MayRun);
        second.ResignOwner("b");
        Assert.True(first.RenewOwner("a").MayRun);
    }

    [Fact]
    public void RenewOwner_AnotherNodeOnTheSameStore_MayNotRun()
    {
        using var store = _file.Open();
        Assert.True(store.RenewOwner("a").MayRun);
        Assert.False(store.RenewOwner("b").MayRun);
        Assert.True(store.RenewOwner("a").MayRun);
    }

    [Fact]
    public void Accept_AnotherProgramHoldsTheLock_FailsInTimeAndThenWorks()
    {
        using var store = _file.Open(options => options.LockTimeout = TimeSpan.FromMilliseconds(50));
        var job = Jobs.New();
        store.Accept([job]);
        Assert.True(store.RenewOwner("a").MayRun);
        using var locker = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        locker.Open();
        using (locker.BeginTransaction())
        {
            var exception = Assert.Throws<JobStoreException>(() => store.Accept([Jobs.New()]));
            Assert.Equal(JobStoreProblem.Unreachable, exception.Problem);
            Assert.Contains("is locked by another process", exception.Message, StringComparison.Ordinal);
            Assert.Throws<JobStoreException>(() => store.Advance("a", [], [new JobClaim("posts", 1)]));
            // Calls that only read succeed, and the node keeps the right to run jobs.
            Assert.NotNull(store.Find(job.Id));
            Assert.Equal(1, Jobs.AssertEquation(store).Accepted);
            Assert.True(store.RenewOwner("a").MayRun);
        }

        Assert.Equal(JobAcceptanceStatus.Accepted, store.Accept([Jobs.New()])[0].Status);
        Assert.Equal(2, store.Advance("a", [], [new JobClaim("posts", 5)]).Jobs.Count);
    }

    [Fact]
    public void Accept_LessSpaceThanTheWatermark_IsFullAndJobsGoOn()
    {
        using (var before = _file.Open())
        {
            before.Accept([Jobs.New()]);
        }
        using var store = _file.Open(options => options.MinFreeDiskSpace = long.MaxValue);
        Assert.True(store.RenewOwner("a").MayRun);

        var exception = Assert.Throws<JobStoreException>(() => store.Accept([Jobs.New()]));

        Assert.Equal(JobStoreProblem.Full, exception.Problem);
        Assert.Contains("MinFreeDiskSpace", exception.Message, StringComparison.Ordinal);
        var claimed = Assert.Single(store.Advance("a", [], [new JobClaim("posts", 5)]).Jobs);
        Assert.True(store.Advance("a", [Jobs.EndOf(claimed, JobEndKind.Done)], []).Ends[0]);
        Assert.Equal((1, 1), (Jobs.AssertEquation(store).Accepted, Jobs.AssertEquation(store).Done));
    }

    [Fact]
    public void Accept_DiskIsFull_StoresNothingOfTheBatchAndGoesOnWhenThereIsSpace()
    {
        using var disk = SmallDisk.Mount(megabytes: 8);
        var ballast = Path.Combine(disk.Folder, "ballast");
        File.WriteAllBytes(ballast, new byte[2 << 20]);
        var logger = new FakeLogger();
        var options = new SqliteJobStoreOptions { MinFreeDiskSpace = 0 };
        using var store = new SqliteJobStore(
            new SqliteJobSettings($"Data Source={disk.Folder}/jobs.db", options), Host.This, logger);
        store.Open();
        Assert.Contains("tmpfs", Assert.Single(logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
        Assert.True(store.RenewOwner("a").MayRun);
        var accepted = new List<Guid>();
        AcceptedJob[] batch = [];
        var exception = Assert.Throws<JobStoreException>(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                batch = Jobs.Many(10, payloadLength: 20_000);
                Assert.All(
                    store.Accept(batch), acceptance => Assert.Equal(JobAcceptanceStatus.Accepted, acceptance.Status));
                accepted.AddRange(batch.Select(job => job.Id));
            }
        });
        Assert.Equal(JobStoreProblem.Full, exception.Problem);

        Assert.NotEmpty(accepted);
        Assert.All(batch, job => Assert.Null(store.Find(job.Id)));
        Assert.All(accepted, id => Assert.NotNull(store.Find(id)));
        Assert.Equal(accepted.Count, Jobs.AssertEquation(store).Accepted);
        File.Delete(ballast);
        Assert.Equal(JobAcceptanceStatus.Accepted, store.Accept([batch[0]])[0].Status);
        var claimed = store.Advance("a", [], [new JobClaim("posts", 1_000)]).Jobs;
        Assert.Equal([.. accepted, batch[0].Id], claimed.Select(job => job.Id));
        Assert.All(
            store.Advance("a", [.. claimed.Select(job => Jobs.EndOf(job, JobEndKind.Done))], []).Ends, Assert.True);
        Assert.Equal(accepted.Count + 1, Jobs.AssertEquation(store).Done);
        JobFileChecks.AssertConsistent($"{disk.Folder}/jobs.db");
    }

    [Fact]
    public void Open_AnotherHostUsesTheFile_IsUnusable()
    {
        using var here = _file.Open(host: new Host("here", TimeProvider.System));
        here.Accept([Jobs.New()]);
        using var there = _file.Open(host: new Host("there", TimeProvider.System));
        there.Accept([Jobs.New()]);

        var exception = Assert.Throws<JobStoreException>(() => here.Accept([Jobs.New()]));

        Assert.Equal(JobStoreProblem.Unusable, exception.Problem);
        Assert.Contains("another host", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderDoesNotExist_IsUnusableUntilItIsMade()
    {
        var folder = Path.Combine(Path.GetDirectoryName(_file.Path)!, "later");
        using var store = JobFile.Open(Path.Combine(folder, "jobs.db"));
        var exception = Assert.Throws<JobStoreException>(store.Open);
        Assert.Equal(JobStoreProblem.Unusable, exception.Problem);
        Assert.Contains("the folder of", exception.Message, StringComparison.Ordinal);
        Assert.Throws<JobStoreException>(() => store.RenewOwner("a"));

        Directory.CreateDirectory(folder);

        store.Open();
        Assert.True(store.RenewOwner("a").MayRun);
    }

    [Fact]
    public void Open_PathIsAFolder_IsUnusable()
    {
        using var store = JobFile.Open(Path.GetDirectoryName(_file.Path)!);

        Assert.Equal(JobStoreProblem.Unusable, Assert.Throws<JobStoreException>(store.Open).Problem);
    }

    [Fact]
    public void Open_FileMayNotBeMade_IsDenied()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "There is no folder in which no file can be made.");
        using var store = JobFile.Open("/proc/jobs.db");

        Assert.Equal(JobStoreProblem.AccessDenied, Assert.Throws<JobStoreException>(store.Open).Problem);
    }

    [Fact]
    public void Open_FileIsNoDatabase_IsUnusable()
    {
        File.WriteAllText(_file.Path, new string('x', 10_000));
        using var store = _file.Open();

        Assert.Equal(JobStoreProblem.Unusable, Assert.Throws<JobStoreException>(store.Open).Problem);
    }

    [Fact]
    public void Accept_AnExceptionInsideOfABatch_StoresNothingOfIt()
    {
        using var store = _file.Open();
        store.Open();
        var first = Jobs.New();

        Assert.Throws<JobStoreException>(() => store.Accept([first, null!]));

        Assert.Null(store.Find(first.Id));
        Assert.Equal(JobAcceptanceStatus.Accepted, store.Accept([first])[0].Status);
        JobFileChecks.AssertConsistent(_file.Path);
    }

    [Fact]
    public void Find_ManyJobsAhead_EstimatesTheirNumber()
    {
        using var store = _file.Open();
        var jobs = Jobs.Many(3_000);
        store.Accept(jobs);
        Assert.True(store.RenewOwner("a").MayRun);
        Assert.Equal(999, store.Find(jobs[999].Id)!.Ahead);
        Assert.Equal(2_999, store.Find(jobs[^1].Id)!.Ahead);

        store.Advance("a", [], [new JobClaim("posts", 500)]);

        Assert.Equal(2_499, store.Find(jobs[^1].Id)!.Ahead);
        Assert.Equal(500, store.Find(jobs[1_000].Id)!.Ahead);
    }

    [Theory]
    [InlineData(null, "it has no Data Source")]
    [InlineData("", "it has no Data Source")]
    [InlineData("jobs.db", "it is malformed")]
    [InlineData("Data Source=jobs.db;Speed=high", "it is malformed, or has an unknown keyword")]
    [InlineData("Data Source=:memory:", "a database in memory")]
    [InlineData("Data Source=x;Mode=Memory", "a database in memory")]
    [InlineData("Data Source=file:jobs?mode=memory", "which is not a path")]
    [InlineData("Data Source=|DataDirectory|jobs.db", "which is not a path")]
    [InlineData("Data Source=/var/lib/", "which is not a file")]
    [InlineData("Data Source=jobs.db;Mode=ReadOnly", "its Mode is ReadOnly")]
    [InlineData("Data Source=jobs.db;Cache=Shared", "its Cache is Shared")]
    public void Settings_ConnectionStringIsMalformed_NamesItAndWhatIsAllowed(string? connectionString, string expected)
    {
        var exception = Assert.Throws<OptionsValidationException>(
            () => new SqliteJobSettings(connectionString, new SqliteJobStoreOptions()));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Data Source=/var/lib/shop/jobs.db", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_OptionsAreOutOfRange_NamesAll()
    {
        var options = new SqliteJobStoreOptions { MinFreeDiskSpace = -1, LockTimeout = TimeSpan.FromMinutes(2) };

        var exception = Assert.Throws<OptionsValidationException>(
            () => new SqliteJobSettings("Data Source=jobs.db", options));

        Assert.Contains("MinFreeDiskSpace: it is -1", exception.Message, StringComparison.Ordinal);
        Assert.Contains("LockTimeout: it is 00:02:00", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_RelativePath_CountsFromTheCurrentFolder() =>
        Assert.Equal(
            Path.Combine(Environment.CurrentDirectory, "jobs.db"),
            new SqliteJobSettings("Data Source=jobs.db", new SqliteJobStoreOptions()).Path);
}
