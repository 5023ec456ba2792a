using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>One server for the tests that do not end it.</summary>
public sealed class SharedPostgres : IDisposable
{
    private PostgresServer? _server;

    /// <summary>
    /// Starts on the first use, so that a missing program skips the test instead of failing the class.
    /// </summary>
    internal PostgresServer Server => _server ??= PostgresServer.Start();

    public void Dispose() => _server?.Dispose();
}
