using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>A server that tests share if they do not stop it.</summary>
public sealed class SharedPostgres : IDisposable
{
    private PostgresServer? _server;

    /// <summary>
    /// The server, which is started at the first use. A missing program then skips the test instead of failing the
    /// class.
    /// </summary>
    internal PostgresServer Server => _server ??= PostgresServer.Start();

    public void Dispose() => _server?.Dispose();
}
