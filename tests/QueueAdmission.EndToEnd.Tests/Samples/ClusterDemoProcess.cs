using System.Text.Json;

namespace QueueAdmission.EndToEnd.Samples;

/// <summary>The program samples/ClusterDemo. Its front and its three shops are separate processes.</summary>
internal sealed class ClusterDemoProcess : IAsyncDisposable
{
    private readonly SampleProcess _process;
    private readonly DirectoryInfo _data;

    private ClusterDemoProcess(SampleProcess process, DirectoryInfo data) => (_process, _data) = (process, data);

    public int Id => _process.Id;

    public HttpClient Client => _process.Client;

    public string Output => _process.Output;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public Uri Address(string path) => _process.Address(path);

    /// <summary>Starts the demo and waits until it listens.</summary>
    public static async Task<ClusterDemoProcess> StartAsync(params string[] arguments)
    {
        var demo = Start(arguments);
        await demo._process.ListenAsync();
        return demo;
    }

    /// <summary>Starts the demo without waiting.</summary>
    public static ClusterDemoProcess Start(params string[] arguments)
    {
        // The test creates and deletes the folder, because a front that is killed cannot delete it.
        var data = Directory.CreateTempSubdirectory("queueadmission-demo-");
        return new ClusterDemoProcess(
            SampleProcess.Start("ClusterDemo", ["--data", data.FullName, .. arguments]), data);
    }

    public async Task<JsonElement> ReadBooksAsync() =>
        await Client.GetFromJsonAsync<JsonElement>("/cache", TestContext.Current.CancellationToken);

    /// <summary>Returns the ids of the shops' processes that run now.</summary>
    public async Task<IReadOnlyList<int>> ReadShopProcessesAsync() =>
        [.. (await ReadBooksAsync()).GetProperty("shops").EnumerateArray()
            .Select(shop => shop.GetProperty("process"))
            .Where(process => process.ValueKind == JsonValueKind.Number)
            .Select(process => process.GetInt32())];

    /// <summary>Kills a shop as soon as it is open.</summary>
    /// <param name="node">The number of the shop.</param>
    /// <param name="waitsUntilOpen">Whether to wait until the shop is open again.</param>
    public async Task KillAsync(int node, bool waitsUntilOpen = true)
    {
        await UntilOpenAsync(node);
        using var answer = await Client.PostAsync($"/nodes/{node}/kill", null, TestContext.Current.CancellationToken);
        Assert.True(
            answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        if (waitsUntilOpen)
            await UntilOpenAsync(node);
    }

    /// <summary>Sends a signal to the front: <c>TERM</c>, <c>INT</c> or <c>KILL</c>.</summary>
    public void Signal(string name) => _process.Signal(name);

    public Task WaitForExitAsync() => _process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        try
        {
            _data.Delete(recursive: true);
        }
        catch (IOException)
        {
            // The process of a shop has not ended yet. The folder is temporary, so it may remain.
        }
    }

    private Task UntilOpenAsync(int node) => Patience.UntilAsync(
        async () => (await ReadBooksAsync()).GetProperty("shops")[node - 1].GetProperty("state").GetString() == "open",
        $"shop {node} is open; {Output}");
}
