using System.Globalization;
using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>The tables and functions of deferred jobs, and how older ones are brought up to date.</summary>
/// <remarks>
/// <para>Step number <c>n</c> is a script that leads from version <c>n</c> to <c>n + 1</c>. Version 0 is a schema
/// without the tables. A step that was released never changes. All steps run in one transaction, and one node at a time
/// runs them.</para>
/// <para><b>Two releases side by side.</b> The names of functions end in the version that brought them, and a release
/// calls those of its own version. A step that keeps the older functions working leaves <c>job_store.oldest</c> as it
/// is, so nodes of the older release go on. A step that cannot drops them and raises <c>oldest</c>. Then nodes of the
/// older release are refused with the reason, at their start and in each call.</para>
/// </remarks>
internal sealed class JobSchema(PostgreSqlJobStoreOptions options, IReadOnlyList<string> steps)
{
    private const string RunScript =
        "Run sql/jobs.sql and then sql/jobs-2.sql of the package QueueAdmission.PostgreSql.";

    /// <summary>The steps of this release.</summary>
    public static IReadOnlyList<string> Steps { get; } = [ReadScript("jobs.sql"), ReadScript("jobs-2.sql")];

    /// <summary>Makes the tables, or brings them up to date.</summary>
    /// <exception cref="JobStoreException">The account may not, or the tables are those of a newer release.</exception>
    public void Update(NpgsqlConnection connection, string target)
    {
        if (IsUpToDate(connection, target))
        {
            return;
        }
        if (!options.CreateSchema)
        {
            throw new JobStoreException(
                JobStoreProblem.Unusable,
                $"PostgreSQL at {target}: the tables of deferred jobs in the schema {options.Schema} are missing or older, and CreateSchema is false. {RunScript}");
        }
        try
        {
            using var transaction = connection.BeginTransaction(System.Data.IsolationLevel.ReadCommitted);
            // Nodes that start together wait here for the first one.
            Execute(connection, $"SELECT pg_advisory_xact_lock(hashtextextended('{options.Schema}.job_store', 0))");
            if (!IsUpToDate(connection, target))
            {
                RunSteps(connection);
            }
            transaction.Commit();
        }
        catch (PostgresException exception) when (exception.SqlState == "42501")
        {
            throw new JobStoreException(
                JobStoreProblem.AccessDenied,
                $"PostgreSQL at {target}: the account may not make the tables of deferred jobs in the schema {options.Schema}. {RunScript}",
                exception);
        }
    }

    /// <summary>Why this release cannot use the tables, after a call has failed; null if it can.</summary>
    public JobStoreException? ProblemOf(NpgsqlConnection connection, string target)
    {
        try
        {
            return IsUpToDate(connection, target)
                ? null
                : new JobStoreException(
                    JobStoreProblem.Unusable,
                    $"PostgreSQL at {target}: the tables of deferred jobs in the schema {options.Schema} are gone.");
        }
        catch (JobStoreException exception)
        {
            return exception;
        }
        catch (NpgsqlException)
        {
            // The call has failed for another reason, which the caller reports.
            return null;
        }
    }

    private static string ReadScript(string name)
    {
        using var stream = typeof(JobSchema).Assembly.GetManifestResourceStream($"QueueAdmission.PostgreSql.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static void Execute(NpgsqlConnection connection, string text)
    {
        using var command = new NpgsqlCommand(text, connection);
        command.ExecuteNonQuery();
    }

    private bool IsUpToDate(NpgsqlConnection connection, string target)
    {
        if (Read(connection) is not var (version, oldest))
        {
            return false;
        }
        if (oldest > steps.Count)
        {
            throw new JobStoreException(
                JobStoreProblem.Unusable,
                string.Create(CultureInfo.InvariantCulture, $"PostgreSQL at {target}: the schema {options.Schema} has the tables of a newer release (version {version}), which releases before version {oldest} cannot use. This release uses version {steps.Count}. Update the application."));
        }
        return version >= steps.Count;
    }

    private (int Version, int Oldest)? Read(NpgsqlConnection connection)
    {
        using (var exists = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection) { Parameters = { new() { Value = $"{options.Schema}.job_store" } } })
        {
            if (exists.ExecuteScalar() is not true)
            {
                return null;
            }
        }
        using var command = new NpgsqlCommand($"SELECT version, oldest FROM {options.Schema}.job_store", connection);
        using var rows = command.ExecuteReader();
        return rows.Read() ? (rows.GetInt32(0), rows.GetInt32(1)) : null;
    }

    /// <remarks>
    /// One statement at a time: Npgsql sends several of them on the thread pool, which may be starved.
    /// </remarks>
    private void RunSteps(NpgsqlConnection connection)
    {
        for (var i = Read(connection)?.Version ?? 0; i < steps.Count; i++)
        {
            var script = steps[i].Replace("queue_admission", options.Schema, StringComparison.Ordinal);
            foreach (var statement in script.Split(";\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                Execute(connection, statement);
            }
        }
    }
}
