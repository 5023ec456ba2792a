using Microsoft.Data.Sqlite;

namespace PostDemo;

/// <summary>The target of the posts: a separate database, with one row for each post.</summary>
/// <remarks>
/// <para><b>At least once becomes once.</b> A job runs again if its process was killed before the end of the job was
/// stored. The row therefore contains the id of the job, and this id is unique. A second run finds the row and changes
/// nothing.</para>
/// <para>SQLite has one writer at a time. The writers of this process wait for each other at a semaphore, which costs
/// less than waiting for the lock of the file.</para>
/// </remarks>
internal sealed class PostTable : IDisposable
{
    private const string Tables =
        """
        CREATE TABLE IF NOT EXISTS posts (number INTEGER PRIMARY KEY, job TEXT NOT NULL UNIQUE, text TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS repeated_runs (number INTEGER PRIMARY KEY, job TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS worker_starts (number INTEGER PRIMARY KEY, under_way INTEGER NOT NULL);
        """;

    private const string Add = "INSERT INTO posts (job, text) VALUES (@job, @text) ON CONFLICT (job) DO NOTHING";

    private const string AddRepeated = "INSERT INTO repeated_runs (job) VALUES (@job)";

    private const string Counts =
        """
        SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM repeated_runs),
            (SELECT coalesce(sum(under_way), 0) FROM worker_starts)
        """;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SqliteConnection _writer;
    private readonly string _reading;

    /// <exception cref="DemoException">The file cannot be used.</exception>
    public PostTable(string path, string synchronous)
    {
        var settings = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 };
        _reading = settings.ToString();
        // A separate connection outside the pool, so that its settings do not affect other connections.
        settings.Pooling = false;
        _writer = new SqliteConnection(settings.ToString());
        try
        {
            _writer.Open();
            // With WAL, readers do not wait for the writer. The file keeps the mode.
            Execute("PRAGMA journal_mode = WAL");
            Execute(synchronous == "NORMAL" ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
            Execute(Tables);
        }
        catch (SqliteException exception)
        {
            _writer.Dispose();
            throw new DemoException($"The file {path} cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the post of a job, once.</summary>
    public async Task AddAsync(Guid job, string text, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Execute(Add, ("@job", $"{job:N}"), ("@text", text)) == 0)
                Execute(AddRepeated, ("@job", $"{job:N}"));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Records that a process is about to run the jobs.</summary>
    /// <param name="underWay">The number of jobs that the previous process had begun and not ended.</param>
    /// <param name="cancellationToken">Ends the wait for other writers.</param>
    public async Task AddStartAsync(long underWay, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Execute("INSERT INTO worker_starts (under_way) VALUES (@count)", ("@count", underWay));
        }
        finally
        {
            _turn.Release();
        }
    }

    public PostCounts Read()
    {
        using var connection = new SqliteConnection(_reading);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = Counts;
        using var row = command.ExecuteReader();
        row.Read();
        return new PostCounts(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
    }

    /// <returns>Null if no row has the id.</returns>
    public Post? Find(Guid job)
    {
        using var connection = new SqliteConnection(_reading);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT text FROM posts WHERE job = @job";
        command.Parameters.AddWithValue("@job", $"{job:N}");
        return command.ExecuteScalar() is string text ? new Post($"{job:N}", text) : null;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _turn.Dispose();
    }

    private int Execute(string text, params (string Name, object Value)[] values)
    {
        using var command = _writer.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        return command.ExecuteNonQuery();
    }
}

/// <summary>The target table at one moment.</summary>
/// <param name="Rows">The number of its rows.</param>
/// <param name="Repeated">Runs of the handler that found the row of their job, and therefore wrote nothing.</param>
/// <param name="Interrupted">Jobs that were under way when the process that ran them ended, over all starts.</param>
internal sealed record PostCounts(long Rows, long Repeated, long Interrupted);
