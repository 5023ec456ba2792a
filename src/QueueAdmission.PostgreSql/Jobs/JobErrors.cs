using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>
/// Translates the errors of PostgreSQL to those of a job store. Codes:
/// https://www.postgresql.org/docs/current/errcodes-appendix.html
/// </summary>
internal static class JobErrors
{
    public static JobStoreException Translated(Exception exception, string target) => exception switch
    {
        JobStoreException translated => translated,
        MalformedConnectionStringException => new JobStoreException(
            JobStoreProblem.Unusable, exception.Message, exception),
        PostgresException { SqlState: "28P01" or "28000" or "42501" } error => New(
            JobStoreProblem.AccessDenied, error, target),
        PostgresException { SqlState: "53100" } error => New(JobStoreProblem.Full, error, target),
        PostgresException { SqlState: "55000" or "25006" } error => new JobStoreException(
            JobStoreProblem.Unusable, $"PostgreSQL at {target} is a standby, or read only: {error.MessageText}", error),
        PostgresException error when MeansLater(error) => New(JobStoreProblem.Unreachable, error, target),
        PostgresException error => New(JobStoreProblem.Unusable, error, target),
        _ => new JobStoreException(
            JobStoreProblem.Unreachable, $"PostgreSQL at {target} does not answer: {exception.Message}", exception),
    };

    /// <summary>Whether the error means that a table, a function or the schema is missing or has changed.</summary>
    public static bool MeansOtherSchema(Exception exception) =>
        exception is PostgresException { SqlState: "42883" or "42P01" or "42703" or "3F000" or "42804" or "42P13" };

    /// <summary>
    /// Whether the call may succeed later: after connection errors, a server shutdown, too many connections, timeouts,
    /// and conflicts between transactions.
    /// </summary>
    private static bool MeansLater(PostgresException error) =>
        error.SqlState is "57P01" or "57P02" or "57P03" or "53300" or "57014" or "55P03" or "40001" or "40P01"
        || error.SqlState.StartsWith("08", StringComparison.Ordinal);

    private static JobStoreException New(JobStoreProblem problem, PostgresException error, string target) =>
        new(problem, $"PostgreSQL at {target} refuses: {error.MessageText} ({error.SqlState})", error);
}
