using Microsoft.Data.Sqlite;
using QueueAdmission.Sqlite;
using QueueAdmission.Stores.Contract;

namespace QueueAdmission.Stores.Sqlite;

public sealed class SqliteJobSchemaTests : IDisposable
{
    private const string NextStep = """
        ALTER TABLE queueadmission_jobs ADD COLUMN colour TEXT;
        UPDATE queueadmission_jobs SET colour = 'blue';
        """;

    private static readonly IReadOnlyList<string> NextRelease = [.. SqliteJobSchema.Steps, NextStep];

    private readonly JobFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Open_FileOfAnotherProgram_AddsItsTablesAndLeavesTheOthers()
    {
        Execute("CREATE TABLE customers (name TEXT); INSERT INTO customers VALUES ('Ada'); PRAGMA user_version = 77");
        using var store = _file.Open();

        store.Open();

        store.Accept([Jobs.New()]);
        Assert.Equal("Ada", Read("SELECT name FROM customers"));
        Assert.Equal("77", Read("PRAGMA user_version"));
        Assert.Equal($"{SqliteJobSchema.Steps.Count}", Read("SELECT version FROM queueadmission_job_store"));
    }

    /// <summary>The file has the tables of version 1, with jobs in all states.</summary>
    [Fact]
    public void Open_FileOfVersion1_HasItsJobs()
    {
        Execute(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Sqlite", "jobs-version-1.sql")));
        using var store = _file.Open();

        store.Open();

        var counts = Jobs.AssertEquation(store);
        Assert.Equal(
            (9, 4, 1, 1, 1, 1, 1),
            (counts.Accepted, counts.Waiting, counts.Running, counts.Done, counts.Dead, counts.Cancelled,
                counts.Discarded));
        Assert.Equal("the result"u8, store.Find(IdOf(1))!.Result!);
        Assert.Equal("It is broken.", store.Find(IdOf(2))!.Reason);
        Assert.Equal("payload 2"u8, store.Find(IdOf(2))!.Payload!);
        Assert.Equal(new JobOwnership(true, 1), store.RenewOwner("next"));
        Assert.Equal(
            [IdOf(6), IdOf(5)], store.Advance("next", [], [new JobClaim("posts", 10)]).Jobs.Select(job => job.Id));
        Assert.Equal(["<key />"], store.ReadKeys());
        JobFileChecks.AssertConsistent(_file.Path);
    }

    [Fact]
    public void Open_FileOfAnOlderRelease_IsBroughtUpToDateWithItsJobs()
    {
        var job = Jobs.New();
        using (var old = _file.Open())
        {
            old.Accept([job]);
        }
        using var store = _file.Open(steps: NextRelease);

        store.Open();

        Assert.Equal(StoredJobState.Waiting, store.Find(job.Id)!.State);
        Assert.Equal("blue", Read("SELECT colour FROM queueadmission_jobs"));
        Assert.Equal($"{NextRelease.Count}", Read("SELECT version FROM queueadmission_job_store"));
    }

    [Fact]
    public void Open_FileOfANewerRelease_IsUnusableWithTheReasonAndUnchanged()
    {
        using (var newer = _file.Open(steps: NextRelease))
        {
            newer.Accept([Jobs.New()]);
        }
        using var store = _file.Open();

        var exception = Assert.Throws<JobStoreException>(store.Open);

        Assert.Equal(JobStoreProblem.Unusable, exception.Problem);
        Assert.Contains("newer release", exception.Message, StringComparison.Ordinal);
        Assert.Equal("blue", $"{Read("SELECT coalesce(colour, 'blue') FROM queueadmission_jobs")}");
    }

    [Fact]
    public void Accept_ANewerReleaseUpdatedTheOpenFile_IsUnusable()
    {
        using var store = _file.Open();
        store.Accept([Jobs.New()]);
        using var newer = _file.Open(steps: NextRelease);
        newer.Open();

        var exception = Assert.Throws<JobStoreException>(() => store.Accept([Jobs.New()]));

        Assert.Equal(JobStoreProblem.Unusable, exception.Problem);
        Assert.Equal(1, Jobs.AssertEquation(newer).Accepted);
    }

    [Fact]
    public void Open_AStepFails_LeavesTheFileAsItWas()
    {
        using (var old = _file.Open())
        {
            old.Accept([Jobs.New()]);
        }
        using var store = _file.Open(steps: [.. SqliteJobSchema.Steps, NextStep, "UPDATE missing SET x = 1"]);

        Assert.Throws<JobStoreException>(store.Open);

        using var again = _file.Open();
        Assert.Equal(1, Jobs.AssertEquation(again).Waiting);
    }

    private static Guid IdOf(int number) => new($"00000000-0000-7000-8000-00000000000{number}");

    private void Execute(string text)
    {
        using var connection = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private string Read(string text)
    {
        using var connection = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return $"{command.ExecuteScalar()}";
    }
}
