using System.Collections.Concurrent;
using System.Diagnostics;

namespace QueueAdmission.Crash.Campaign;

/// <summary>A web application of this repository in a separate process.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpClient? _client;

    private AppProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public HttpClient Client => _client!;

    public string Output => string.Join('\n', _lines);

    /// <summary>Starts an application and waits until it listens.</summary>
    /// <param name="project">The folder of the project, relative to the root of the repository.</param>
    /// <param name="arguments">The arguments of the application.</param>
    public static async Task<AppProcess> StartAsync(string project, params string[] arguments)
    {
        var app = Start(project, arguments);
        try
        {
            await Task.WhenAny(app._address.Task, app._process.WaitForExitAsync()).WaitAsync(Patience);
            if (!app._address.Task.IsCompletedSuccessfully)
                throw new InvalidOperationException($"{project} did not start: {app.Output}");
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        app._client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = await app._address.Task,
            Timeout = Patience,
        };
        return app;
    }

    /// <summary>Kills the process, as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal, for example STOP and CONT.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Stops the application gracefully with SIGTERM, as an operator does.</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");
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

    private static AppProcess Start(string project, string[] arguments)
    {
        var folder = Path.Combine(FindRoot(), project);
        // The same build folder as that of this program: bin/Debug/net10.0 or bin/Release/net10.0.
        var build = new DirectoryInfo(AppContext.BaseDirectory);
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var program = Path.Combine(folder, "bin", build.Parent!.Name, build.Name, $"{Path.GetFileName(folder)}.dll");
        foreach (var argument in (string[])[program, "--urls", "http://127.0.0.1:0", .. arguments])
            start.ArgumentList.Add(argument);
        // Many hosts that watch their configuration files would exhaust the file watchers of the system.
        start.Environment["DOTNET_hostBuilder__reloadConfigOnChange"] = "false";
        var app = new AppProcess(new Process { StartInfo = start });
        app._process.OutputDataReceived += (_, line) => app.Hear(line.Data);
        app._process.ErrorDataReceived += (_, line) => app.Hear(line.Data);
        app._process.Start();
        app._process.BeginOutputReadLine();
        app._process.BeginErrorReadLine();
        return app;
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
