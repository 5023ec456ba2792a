using Microsoft.Data.Sqlite;

namespace QueueAdmission.Sqlite;

/// <summary>Reads, changes and writes the counters of queues within one transaction.</summary>
/// <remarks>Each transaction reads the counters again, because another process may have changed them.</remarks>
internal sealed class JobTallies(SqliteConnection connection, JobStatements statements, string path)
{
    private readonly Dictionary<string, QueueTally> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<long, QueueTally> _byNumber = [];

    /// <summary>Returns the counters of a queue. Before its first job, a queue has no row.</summary>
    public QueueTally Of(string queue)
    {
        if (_byName.TryGetValue(queue, out var tally))
        {
            return tally;
        }
        tally = Read(statements.ReadTally.Set(1, queue)) ?? new QueueTally(queue);
        Add(tally);
        return tally;
    }

    public QueueTally Of(long number)
    {
        if (_byNumber.TryGetValue(number, out var tally))
        {
            return tally;
        }
        tally = Read(statements.ReadTallyByNumber.Set(1, number))
            ?? throw new JobStoreException(
                JobStoreProblem.Unusable, $"SQLite: the counters of a queue are missing in {path}.");
        Add(tally);
        return tally;
    }

    private void Add(QueueTally tally)
    {
        _byName.Add(tally.Name, tally);
        if (tally.Number > 0)
        {
            _byNumber.Add(tally.Number, tally);
        }
    }

    /// <summary>Inserts the row of a queue.</summary>
    public void Create(QueueTally tally)
    {
        statements.InsertTally.Set(1, tally.Name).Run();
        tally.Number = SQLitePCL.raw.sqlite3_last_insert_rowid(connection.Handle);
        _byNumber.Add(tally.Number, tally);
    }

    private static QueueTally? Read(SqliteStatement read)
    {
        if (!read.Step())
        {
            return null;
        }
        var tally = new QueueTally(read.Text(1)!)
        {
            Number = read.Number(0),
            Accepted = read.Number(2),
            Waiting = read.Number(3),
            Running = read.Number(4),
            Done = read.Number(5),
            Dead = read.Number(6),
            Cancelled = read.Number(7),
            Discarded = read.Number(8),
            Place = read.Number(9),
        };
        read.Reset();
        return tally;
    }

    /// <summary>Writes the counters that the transaction has changed.</summary>
    public void Write()
    {
        foreach (var tally in _byName.Values.Where(tally => tally.IsChanged))
        {
            statements.WriteTally
                .Set(1, tally.Number)
                .Set(2, tally.Accepted)
                .Set(3, tally.Waiting)
                .Set(4, tally.Running)
                .Set(5, tally.Done)
                .Set(6, tally.Dead)
                .Set(7, tally.Cancelled)
                .Set(8, tally.Discarded)
                .Set(9, tally.Place)
                .Run();
        }
    }

    /// <summary>Removes all counters from memory at the end of a transaction.</summary>
    public void Clear()
    {
        _byName.Clear();
        _byNumber.Clear();
    }
}
