using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace QueueAdmission.EndToEnd.Samples;

/// <summary>The program samples/ClusterDemo with its three shops, over real sockets and in real processes.</summary>
internal sealed class ClusterDemoProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly DirectoryInfo _data;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ClusterDemoProcess(Process process, DirectoryInfo data) => (_process, _data) = (process, data);

    public int Id => _process.Id;

    public HttpClient Client { get; private set; } = null!;

    public string Output => string.Join('\n', _lines);

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public Uri Address(string path) => new(Client.BaseAddress!, path);

    /// <summary>Starts the demo and waits until it listens.</summary>
    public static async Task<ClusterDemoProcess> StartAsync(params string[] arguments)
    {
        var demo = Start(arguments);
        var ended = demo._process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAny(demo._address.Task, ended).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        Assert.True(demo._address.Task.IsCompletedSuccessfully, $"The demo did not start: {demo.Output}");
        demo.Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 500 })
        {
            BaseAddress = await demo._address.Task,
            Timeout = Patience.Limit,
        };
        return demo;
    }

    /// <summary>Starts the demo without waiting.</summary>
    public static ClusterDemoProcess Start(params string[] arguments)
    {
        var folder = Path.Combine(FindRoot(), "samples", "ClusterDemo");
        // bin/Debug/net10.0 or bin/Release/net10.0, as this test was built.
        var output = Path.GetRelativePath(
            Path.Combine(FindRoot(), "tests", "QueueAdmission.EndToEnd.Tests"), AppContext.BaseDirectory);
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A front that is killed cannot delete its folder.
        var data = Directory.CreateTempSubdirectory("queueadmission-demo-");
        var program = Path.Combine(folder, output, "ClusterDemo.dll");
        string[] all = [program, "--urls", "http://127.0.0.1:0", "--data", data.FullName, .. arguments];
        foreach (var argument in all)
            start.ArgumentList.Add(argument);
        // Many hosts that watch files exhaust the watchers of the system.
        start.Environment["DOTNET_hostBuilder__reloadConfigOnChange"] = "false";
        var demo = new ClusterDemoProcess(new Process { StartInfo = start }, data);
        demo._process.OutputDataReceived += (_, line) => demo.Hear(line.Data);
        demo._process.ErrorDataReceived += (_, line) => demo.Hear(line.Data);
        demo._process.Start();
        demo._process.BeginOutputReadLine();
        demo._process.BeginErrorReadLine();
        return demo;
    }

    public async Task<JsonElement> ReadBooksAsync() =>
        await Client.GetFromJsonAsync<JsonElement>("/cache", TestContext.Current.CancellationToken);

    /// <summary>The processes of the shops that run now.</summary>
    public async Task<IReadOnlyList<int>> ReadShopProcessesAsync() =>
        [.. (await ReadBooksAsync()).GetProperty("shops").EnumerateArray()
            .Select(shop => shop.GetProperty("process"))
            .Where(process => process.ValueKind == JsonValueKind.Number)
            .Select(process => process.GetInt32())];

    /// <summary>Kills a shop as soon as it is open, and waits until it is open again.</summary>
    public async Task KillAsync(int node)
    {
        await UntilOpenAsync(node);
        using var answer = await Client.PostAsync($"/nodes/{node}/kill", null, TestContext.Current.CancellationToken);
        Assert.True(
            answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await UntilOpenAsync(node);
    }

    /// <summary>Sends a signal to the front: <c>TERM</c>, <c>INT</c> or <c>KILL</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public Task WaitForExitAsync() =>
        _process.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        try
        {
            _data.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A shop still ends. The folder is temporary, so it may stay.
        }
    }

    private Task UntilOpenAsync(int node) => Patience.UntilAsync(
        async () => (await ReadBooksAsync()).GetProperty("shops")[node - 1].GetProperty("state").GetString() == "open",
        $"shop {node} is open; {Output}");

    private void Hear(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var start)
            _address.TrySetResult(new Uri(line[(start + Listening.Length)..].Trim()));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "QueueAdmission.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The repository was not found.");
        return folder.FullName;
    }
}
