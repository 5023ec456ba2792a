using System.Collections.Concurrent;
using System.Diagnostics;

namespace QueueAdmission.Crash.Campaign;

/// <summary>The program samples/PostDemo: a front that accepts, and its child that runs the jobs.</summary>
internal sealed class DemoProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpClient? _client;
    private int? _worker;

    private DemoProcess(Process process) => _process = process;

    public HttpClient Client => _client!;

    public string Output => string.Join('\n', _lines);

    /// <summary>Starts the demo and waits until its front listens.</summary>
    /// <param name="folder">The folder of its files.</param>
    /// <param name="arguments">Further arguments.</param>
    public static async Task<DemoProcess> StartAsync(string folder, params string[] arguments)
    {
        var demo = Start(folder, arguments);
        try
        {
            await Task.WhenAny(demo._address.Task, demo._process.WaitForExitAsync()).WaitAsync(Patience);
            if (!demo._address.Task.IsCompletedSuccessfully)
                throw new InvalidOperationException($"The demo did not start: {demo.Output}");
        }
        catch
        {
            await demo.DisposeAsync();
            throw;
        }
        demo._client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = await demo._address.Task,
            Timeout = Patience,
        };
        return demo;
    }

    public async Task<DemoBooks> ReadAsync()
    {
        var books = (await Client.GetFromJsonAsync<DemoBooks>("/cache"))!;
        _worker = books.Process ?? _worker;
        return books;
    }

    /// <summary>Reads the books until they are as expected. It gives up when they do not change for long.</summary>
    public async Task<DemoBooks> UntilAsync(Func<DemoBooks, bool> isSo, string what)
    {
        DemoBooks? books = null;
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < Patience; await Task.Delay(LookInterval))
        {
            var latest = await TryReadAsync();
            if (latest is not null && isSo(latest))
                return latest;
            if (latest is not null && latest != books)
                (books, since) = (latest, Stopwatch.GetTimestamp());
        }
        throw new TimeoutException($"Waited too long until {what}. {books}\n{string.Join('\n', _lines.TakeLast(20))}");
    }

    /// <summary>Waits until a process runs the jobs, and ends it after a while, as <c>kill -9</c> does.</summary>
    public async Task KillWorkerAsync(TimeSpan after)
    {
        var books = await UntilAsync(static books => books.Worker == "running", "a process runs the jobs");
        await Task.Delay(after);
        Kill(books.Process!.Value);
    }

    /// <summary>Ends both processes, as <c>kill -9</c> does: first the front, so that it starts no other child.</summary>
    public async Task KillAllAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        if (_worker is { } worker)
            Kill(worker);
    }

    /// <summary>Lets the front stop as an operator stops it, and with it the child.</summary>
    public async Task StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static DemoProcess Start(string folder, string[] arguments)
    {
        var demo = Path.Combine(FindRoot(), "samples", "PostDemo");
        // bin/Debug/net10.0 or bin/Release/net10.0, as this program was built.
        var build = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(demo, "bin", build.Parent!.Name, build.Name, "PostDemo.dll");
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = demo,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] all = [program, "--urls", "http://127.0.0.1:0", "--data", folder, .. arguments];
        foreach (var argument in all)
            start.ArgumentList.Add(argument);
        // Many hosts that watch files exhaust the watchers of the system.
        start.Environment["DOTNET_hostBuilder__reloadConfigOnChange"] = "false";
        var process = new DemoProcess(new Process { StartInfo = start });
        process._process.OutputDataReceived += (_, line) => process.Hear(line.Data);
        process._process.ErrorDataReceived += (_, line) => process.Hear(line.Data);
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended already.
        }
    }

    private async Task<DemoBooks?> TryReadAsync()
    {
        try
        {
            return await ReadAsync();
        }
        catch (HttpRequestException)
        {
            // The store or the front is away for a moment.
            return null;
        }
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        while (_lines.Count > 500)
            _lines.TryDequeue(out _);
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
