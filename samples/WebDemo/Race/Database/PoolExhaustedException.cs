namespace WebDemo;

/// <summary>
/// Thrown if no connection of the pool was free in time. The message resembles the messages of real pools.
/// </summary>
internal sealed class PoolExhaustedException(int connections, TimeSpan wait) : Exception(
    $"The connection pool has been exhausted: all {connections} connections were in use for {wait.TotalSeconds} s.");
