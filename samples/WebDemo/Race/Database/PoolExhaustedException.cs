namespace WebDemo;

/// <summary>No connection of the pool was free for too long. Its words are those of real pools.</summary>
internal sealed class PoolExhaustedException(int connections, TimeSpan wait) : Exception(
    $"The connection pool has been exhausted: all {connections} connections were in use for {wait.TotalSeconds} s.");
