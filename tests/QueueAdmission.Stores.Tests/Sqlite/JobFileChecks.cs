using Microsoft.Data.Sqlite;

namespace QueueAdmission.Stores.Sqlite;

/// <summary>Checks a job file with SQLite directly, without the store.</summary>
internal static class JobFileChecks
{
    /// <summary>
    /// Asserts that the file is intact, that the counters match the jobs, and that each sequence has exactly one head.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="isPurged">
    /// Whether finished jobs may have been purged. The counters of finished jobs may then be higher than their number.
    /// </param>
    public static void AssertConsistent(string path, bool isPurged = false)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Assert.Equal("ok", Read(connection, "PRAGMA integrity_check"));
        var equals = isPurged ? ">=" : "=";
        Assert.Equal("0", Read(connection, $"""
            SELECT count(*) FROM queueadmission_job_queues q WHERE NOT (
                waiting = (SELECT count(*) FROM queueadmission_jobs WHERE queue = q.number AND state <= 2)
                AND running = (SELECT count(*) FROM queueadmission_jobs WHERE queue = q.number AND state = 3)
                AND dead = (SELECT count(*) FROM queueadmission_jobs WHERE queue = q.number AND state = 4)
                AND done {equals} (SELECT count(*) FROM queueadmission_jobs WHERE queue = q.number AND state = 5)
                AND cancelled {equals} (SELECT count(*) FROM queueadmission_jobs WHERE queue = q.number AND state = 6)
                AND discarded {equals} (SELECT count(*) FROM queueadmission_jobs WHERE queue = q.number AND state = 7)
                AND accepted = waiting + running + done + dead + cancelled + discarded)
            """));
        Assert.Equal("0", Read(connection, """
            SELECT count(*) FROM queueadmission_jobs j WHERE sequence IS NOT NULL AND state <= 3
                AND (state = 2) <> EXISTS (SELECT 1 FROM queueadmission_jobs e
                    WHERE e.queue = j.queue AND e.sequence = j.sequence AND e.state <= 3 AND e.place < j.place)
            """));
        Assert.Equal("0", Read(connection, """
            SELECT count(*) FROM queueadmission_jobs j LEFT JOIN queueadmission_job_bodies b USING (number)
            WHERE j.state <= 4 AND b.body IS NULL OR j.state >= 6 AND b.body IS NOT NULL
            """));
        Assert.Equal("0", Read(connection, """
            SELECT count(*) FROM queueadmission_job_bodies
            WHERE number NOT IN (SELECT number FROM queueadmission_jobs)
            """));
    }

    private static string Read(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return $"{command.ExecuteScalar()}";
    }
}
