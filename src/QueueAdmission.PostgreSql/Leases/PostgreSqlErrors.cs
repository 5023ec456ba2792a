using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>
/// Translates the errors of PostgreSQL to those of a lease store. Codes:
/// https://www.postgresql.org/docs/current/errcodes-appendix.html
/// </summary>
internal static class PostgreSqlErrors
{
    public static LeaseStoreException Translated(Exception exception, string target) => exception switch
    {
        LeaseStoreException translated => translated,
        MalformedConnectionStringException =>
            new LeaseStoreException(LeaseStoreProblem.Unusable, exception.Message, exception),
        PostgresException { SqlState: "28P01" or "28000" or "42501" } error =>
            New(LeaseStoreProblem.AccessDenied, error, target),
        PostgresException { SqlState: "55000" or "25006" } error => new LeaseStoreException(
            LeaseStoreProblem.Unusable, $"PostgreSQL at {target} is a standby, or read only: {error.MessageText}",
            error),
        PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "53300" or "57014" or "55P03" } error =>
            New(LeaseStoreProblem.Unreachable, error, target),
        PostgresException error when error.SqlState.StartsWith("08", StringComparison.Ordinal) =>
            New(LeaseStoreProblem.Unreachable, error, target),
        PostgresException error => New(LeaseStoreProblem.Unusable, error, target),
        _ => new LeaseStoreException(
            LeaseStoreProblem.Unreachable, $"PostgreSQL at {target} does not answer: {exception.Message}", exception),
    };

    private static LeaseStoreException New(LeaseStoreProblem problem, PostgresException error, string target) =>
        new(problem, $"PostgreSQL at {target} refuses: {error.MessageText} ({error.SqlState})", error);
}
