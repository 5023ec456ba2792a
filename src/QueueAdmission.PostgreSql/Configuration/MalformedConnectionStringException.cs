namespace QueueAdmission.PostgreSql;

/// <summary>A connection string was changed to one that cannot be used. The message holds no credentials.</summary>
internal sealed class MalformedConnectionStringException(string error)
    : Exception($"The connection string of PostgreSQL was changed and cannot be used: {error}.");
