using System.Diagnostics;
using System.Globalization;

namespace QueueAdmission.Deferred.Benchmarks.Servers;

/// <summary>A server process that accepts posts. It ends when this object is disposed.</summary>
internal sealed class AcceptingServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _control;

    private AcceptingServer(Process process, int port, string store)
    {
        (_process, Port, Store) = (process, port, store);
        _control = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = TimeSpan.FromMinutes(2),
        };
    }

    public int Port { get; }

    /// <summary>The path, connection string or addresses of the store.</summary>
    public string Store { get; }

    /// <summary>The processor time that the process has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<AcceptingServer> StartAsync(Setup setup, Subject subject)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        var store = setup.NewStore(subject.Store);
        foreach (var argument in (string[])["server", subject.Name, store])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        // A rival may write other lines before the port.
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (int.TryParse(line, CultureInfo.InvariantCulture, out var port))
                return new AcceptingServer(process, port, store);
        }
        throw new InvalidOperationException($"The server for {subject.Label} did not start.");
    }

    public async Task<ServerState> ReadAsync() => (await _control.GetFromJsonAsync<ServerState>("/state"))!;

    /// <summary>Lets the process run the jobs that it has accepted.</summary>
    public async Task RunJobsAsync()
    {
        using var answer = await _control.PostAsync(new Uri("/run", UriKind.Relative), content: null);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
