using System.Diagnostics;
using System.Globalization;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.LoadTest.Server;

/// <summary>A server in a separate process. Disposing this object ends the process.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _control;

    private ServerProcess(Process process, int port)
    {
        _process = process;
        Port = port;
        _control = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = TimeSpan.FromMinutes(2),
        };
    }

    public int Port { get; }

    /// <summary>The processor time that the server has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<ServerProcess> StartAsync(string peer, Limits limits)
    {
        var process = StartSelf(
            "server", peer, $"{limits.Workers}", $"{limits.Partitions}", $"{limits.PartitionCapacity}");
        var port = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"The server for {peer} did not start.");
        return new ServerProcess(process, int.Parse(port, CultureInfo.InvariantCulture));
    }

    /// <summary>Starts this program as a new process, with other arguments.</summary>
    public static Process StartSelf(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>
    /// Returns the numbers of requests that arrived, of jobs that finished, and of jobs that finished after their
    /// client had left.
    /// </summary>
    public async Task<(int Arrived, int Finished, int Wasted)> GetStatsAsync() =>
        await GetNumbersAsync("/stats") is [var arrived, var finished, var wasted]
            ? ((int)arrived, (int)finished, (int)wasted) : default;

    /// <summary>
    /// Returns the live heap of the server after forced collections, and its resident set, both in bytes.
    /// </summary>
    public async Task<(long Heap, long Resident)> GetMemoryAsync() =>
        await GetNumbersAsync("/memory") is [var heap, var resident] ? (heap, resident) : default;

    public Task OpenGateAsync() => _control.GetStringAsync("/open");

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<long[]> GetNumbersAsync(string path) =>
        [.. (await _control.GetStringAsync(path)).Split(' ')
            .Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
}
