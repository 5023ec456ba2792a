namespace QueueAdmission.LoadTest.Client;

/// <summary>Many open connections, each of which sends few requests.</summary>
internal sealed class Crowd : IDisposable
{
    private readonly List<Connection> _connections = [];

    public static async Task<Crowd> GatherAsync(int port, int size)
    {
        var crowd = new Crowd();
        for (var i = 0; i < size; i++)
            crowd._connections.Add(await Connection.OpenAsync(port));
        return crowd;
    }

    /// <summary>Sends a request on each connection without reading the answer.</summary>
    public async Task AskAsync(string path)
    {
        var request = Connection.RequestTo(path);
        foreach (var connection in _connections)
            await connection.SendAsync(request);
    }

    /// <summary>Sends a request on each connection and reads its answer.</summary>
    public async Task AskAndReadAsync(string path)
    {
        var request = Connection.RequestTo(path);
        foreach (var connection in _connections)
            await connection.GetAsync(request);
    }

    public void Dispose()
    {
        _connections.ForEach(connection => connection.Dispose());
        _connections.Clear();
    }
}
