using Npgsql;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>
/// A node that runs jobs like the driver does: each call ends the jobs of the previous call and claims further jobs.
/// </summary>
/// <remarks>For each run of a job, the node inserts a row into a table, as a real handler would.</remarks>
internal sealed class JobNode(IJobStore store, string connectionString, string queue) : IDisposable
{
    public const int Batch = 50;

    private readonly NpgsqlDataSource _target = NpgsqlDataSource.Create(connectionString);
    private readonly string _node = PostgreSqlJobs.NewNode();
    private IReadOnlyList<ClaimedJob> _jobs = [];
    private long? _renewed;

    public static string TargetOf(string queue) => queue.Replace('-', '_') + "_runs";

    /// <summary>Returns the statement that creates the table for the runs.</summary>
    public static string CreateTarget(string queue) =>
        $"CREATE TABLE {TargetOf(queue)} (id uuid, attempt int, refused int)";

    /// <summary>The number of jobs that the node has claimed and not ended.</summary>
    public int Running => _jobs.Count;

    /// <summary>Shows the store that the node is alive, if it is time to do so.</summary>
    public void Renew()
    {
        if (_renewed is not { } last || TimeProvider.System.GetElapsedTime(last) > store.RenewalInterval)
        {
            store.RenewOwner(_node);
            _renewed = TimeProvider.System.GetTimestamp();
        }
    }

    /// <summary>Ends the claimed jobs, and claims and runs further jobs.</summary>
    /// <returns>The number of ends that took effect.</returns>
    public int Step()
    {
        Renew();
        var advance = store.Advance(_node, [.. _jobs.Select(PostgreSqlJobs.Done)], [new JobClaim(queue, Batch)]);
        var refused = advance.Ends.Count(isCounted => !isCounted);
        if (refused > 0)
        {
            Write("INSERT INTO {0} VALUES (NULL, NULL, $1)", refused);
        }
        _jobs = advance.Jobs;
        if (_jobs.Count > 0)
        {
            Write("INSERT INTO {0} SELECT i, 1, NULL FROM unnest($1) i", _jobs.Select(job => job.Id).ToArray());
        }
        return advance.Ends.Count - refused;
    }

    public void Dispose() => _target.Dispose();

    private void Write(string text, object value)
    {
        using var command = _target.CreateCommand(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, text, TargetOf(queue)));
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        command.ExecuteNonQuery();
    }
}
