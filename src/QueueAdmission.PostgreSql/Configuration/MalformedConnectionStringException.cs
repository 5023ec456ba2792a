namespace QueueAdmission.PostgreSql;

/// <summary>
/// The exception for a connection string that was changed and can no longer be used. The message contains no
/// credentials.
/// </summary>
internal sealed class MalformedConnectionStringException(string error)
    : Exception($"The connection string of PostgreSQL was changed and cannot be used: {error}.");
