using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Sqlite;
using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.Sqlite;

public sealed class SqliteStoreTests : IDisposable
{
    private readonly LeaseFile _file = new();
    private readonly LeaseStoreKey _key = Documents.NewKey();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Read_AllProcessesEndedAndOneStarts_HasTheDocumentAndTheSameIdentity()
    {
        LeaseStoreReading before;
        using (var store = Open())
        {
            Assert.True(store.Write(_key, "a.1"));
            before = store.Read(_key);
        }

        using var next = Open();

        Assert.Equal("a.1", next.Read(_key).Version);
        Assert.Equal(before.Identity, next.Read(_key).Identity);
        Assert.True(next.TryWrite(_key, before, Documents.NewWrite("a.2"), out _));
    }

    [Fact]
    public void Read_HostWasStartedAnew_HasTheDocumentAndAnotherIdentity()
    {
        LeaseStoreReading before;
        using (var store = Open("first boot"))
        {
            Assert.True(store.Write(_key, "a.1"));
            before = store.Read(_key);
        }

        using var next = Open("second boot");

        var after = next.Read(_key);
        Assert.Equal("a.1", after.Version);
        Assert.NotEqual(before.Identity, after.Identity);
        Assert.False(next.TryWrite(_key, before, Documents.NewWrite("a.2"), out _));
    }

    [Fact]
    public void Read_ClockIsBehindTheLatestWrite_HasAnotherIdentity()
    {
        var time = new FakeTimeProvider();
        time.Advance(TimeSpan.FromHours(1));
        LeaseStoreReading before;
        using (var store = new SqliteLeaseStore(_file.Path, new Host("host", time)))
        {
            Assert.True(store.Write(_key, "a.1"));
            before = store.Read(_key);
        }

        using var next = new SqliteLeaseStore(_file.Path, new Host("host", new FakeTimeProvider()));

        var after = next.Read(_key);
        Assert.Equal("a.1", after.Version);
        Assert.NotEqual(before.Identity, after.Identity);
        Assert.Equal(after.Identity, next.Read(_key).Identity);
    }

    [Fact]
    public void Read_AnotherHostUsesTheFile_IsUnusableForAWhileOnBoth()
    {
        var time = new FakeTimeProvider();
        using var here = new SqliteLeaseStore(_file.Path, new Host("here", time));
        Assert.True(here.Write(_key, "a.1"));
        var before = here.Read(_key);
        using var there = new SqliteLeaseStore(_file.Path, new Host("there", time));
        Assert.True(there.Write(_key, "b.1"));

        var exception = Assert.Throws<LeaseStoreException>(() => here.Read(_key));
        Assert.Equal(LeaseStoreProblem.Unusable, exception.Problem);
        Assert.Contains("another host", exception.Message, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Throws<LeaseStoreException>(() => here.TryWrite(_key, before, Documents.NewWrite("a.2"), out _));
        Assert.Equal("b.1", there.Read(_key).Version);

        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("b.1", here.Read(_key).Version);
        Assert.Equal(LeaseStoreProblem.Unusable, Assert.Throws<LeaseStoreException>(() => there.Read(_key)).Problem);
    }

    [Fact]
    public void Read_FileWasDeletedWhileItIsOpen_UsesTheNewFileThatOthersSee()
    {
        using var store = Open();
        Assert.True(store.Write(_key, "a.1"));
        var before = store.Read(_key);

        _file.Delete();
        using var other = Open();
        Assert.True(other.Write(_key, "b.1"));

        var after = store.Read(_key);
        Assert.Equal("b.1", after.Version);
        Assert.NotEqual(before.Identity, after.Identity);
        Assert.False(store.TryWrite(_key, before, Documents.NewWrite("a.2"), out _));
    }

    [Fact]
    public void Listen_FileWasDeletedWhileItIsOpen_HearsAgain()
    {
        using var store = Open();
        using var ears = new SignalEars(store, _key.Cluster);

        _file.Delete();
        ears.WaitForConnection(2);
        Assert.True(store.Write(_key, "a.1", "hungry"));

        ears.WaitFor("hungry");
    }

    [Fact]
    public void Read_AnotherProcessHoldsTheLock_ReadsAndFailsToWriteUntilItIsFree()
    {
        using var store = Open();
        Assert.True(store.Write(_key, "a.1"));
        using var locker = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_file.Path};Pooling=False");
        locker.Open();
        using (locker.BeginTransaction())
        {
            var reading = store.Read(_key);
            Assert.Equal("a.1", reading.Version);
            var exception = Assert.Throws<LeaseStoreException>(
                () => store.TryWrite(_key, reading, Documents.NewWrite("a.2"), out _));
            Assert.Equal(LeaseStoreProblem.Unreachable, exception.Problem);
        }

        Assert.True(store.Write(_key, "a.3"));
    }

    [Fact]
    public void Read_FolderDoesNotExist_IsUnusableUntilItIsMade()
    {
        var folder = Path.Combine(Path.GetDirectoryName(_file.Path)!, "later");
        using var store = new SqliteLeaseStore(Path.Combine(folder, "leases.db"), Host.This);
        var exception = Assert.Throws<LeaseStoreException>(() => store.Read(_key));
        Assert.Equal(LeaseStoreProblem.Unusable, exception.Problem);
        Assert.Contains("the folder of", exception.Message, StringComparison.Ordinal);

        Directory.CreateDirectory(folder);

        Assert.True(store.Write(_key, "a.1"));
    }

    [Fact]
    public void Read_PathIsAFolder_IsUnusable()
    {
        using var store = new SqliteLeaseStore(Path.GetDirectoryName(_file.Path), Host.This);

        Assert.Equal(LeaseStoreProblem.Unusable, Assert.Throws<LeaseStoreException>(() => store.Read(_key)).Problem);
    }

    [Fact]
    public void Read_FileMayNotBeMade_IsDenied()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "There is no folder that nobody may write to.");
        using var store = new SqliteLeaseStore("/proc/leases.db", Host.This);

        Assert.Equal(
            LeaseStoreProblem.AccessDenied, Assert.Throws<LeaseStoreException>(() => store.Read(_key)).Problem);
    }

    [Fact]
    public void Read_FileIsNoDatabase_IsUnusable()
    {
        File.WriteAllText(_file.Path, new string('x', 10_000));
        using var store = Open();

        Assert.Equal(LeaseStoreProblem.Unusable, Assert.Throws<LeaseStoreException>(() => store.Read(_key)).Problem);
    }

    [Fact]
    public void Write_ManySignals_KeepsTheLatestOnly()
    {
        using var store = Open();
        for (var i = 0; i < 300; i++)
        {
            Assert.True(store.Write(_key, $"a.{i}", "hungry"));
        }

        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_file.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM queueadmission_signals";
        Assert.Equal(256L, command.ExecuteScalar());
    }

    [Theory]
    [InlineData(null, "it is empty")]
    [InlineData("  ", "it is empty")]
    [InlineData(":memory:", "it is ':memory:'")]
    [InlineData("file:leases?mode=memory", "it is 'file:leases?mode=memory'")]
    [InlineData("Data Source=leases.db", "it is a connection string")]
    [InlineData("/var/lib/", "it is '/var/lib/'")]
    public void Store_PathIsMalformed_NamesItAndWhatIsAllowed(string? path, string expected)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => new SqliteLeaseStore(path, Host.This));

        Assert.Contains($"UseSqlite, path: {expected}", exception.Message, StringComparison.Ordinal);
        Assert.Contains("allowed is the path of a file", exception.Message, StringComparison.Ordinal);
    }

    private SqliteLeaseStore Open(string? bootId = null) =>
        new(_file.Path, bootId is null ? Host.This : new Host(bootId, TimeProvider.System));
}
