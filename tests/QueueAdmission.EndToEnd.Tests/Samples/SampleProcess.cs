using System.Collections.Concurrent;
using System.Diagnostics;

namespace QueueAdmission.EndToEnd.Samples;

/// <summary>A program in the folder samples, which runs in a separate process.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly DirectoryInfo _temporary;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SampleProcess(Process process, DirectoryInfo temporary) => (_process, _temporary) = (process, temporary);

    public int Id => _process.Id;

    public HttpClient Client { get; private set; } = null!;

    public string Output => string.Join('\n', _lines);

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public Uri Address(string path) => new(Client.BaseAddress!, path);

    /// <summary>Starts a sample on a free port, without waiting until it listens.</summary>
    /// <param name="name">The name of the sample's folder in samples.</param>
    /// <param name="arguments">Further arguments.</param>
    public static SampleProcess Start(string name, params string[] arguments)
    {
        var folder = Path.Combine(FindRoot(), "samples", name);
        // bin/Debug/net10.0 or bin/Release/net10.0, like the output folder of this test.
        var output = Path.GetRelativePath(
            Path.Combine(FindRoot(), "tests", "QueueAdmission.EndToEnd.Tests"), AppContext.BaseDirectory);
        // A program that a shell has started in the background ignores Ctrl+C, and so do the programs that it starts.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet"] : ["dotnet"];
        var start = new ProcessStartInfo(command[0])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var program = Path.Combine(folder, output, $"{name}.dll");
        string[] all = [.. command[1..], program, "--urls", "http://127.0.0.1:0", .. arguments];
        foreach (var argument in all)
            start.ArgumentList.Add(argument);
        // Many hosts that watch files would exhaust the file watchers of the system.
        start.Environment["DOTNET_hostBuilder__reloadConfigOnChange"] = "false";
        // The test creates and deletes the folder, because a sample that is killed cannot delete its files.
        var temporary = Directory.CreateTempSubdirectory("queueadmission-sample-");
        foreach (var variable in (string[])["TMPDIR", "TMP", "TEMP"])
            start.Environment[variable] = temporary.FullName;
        var sample = new SampleProcess(new Process { StartInfo = start }, temporary);
        sample._process.OutputDataReceived += (_, line) => sample.Hear(line.Data);
        sample._process.ErrorDataReceived += (_, line) => sample.Hear(line.Data);
        sample._process.Start();
        sample._process.BeginOutputReadLine();
        sample._process.BeginErrorReadLine();
        return sample;
    }

    /// <summary>Waits until the sample listens.</summary>
    public async Task ListenAsync()
    {
        var ended = _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAny(_address.Task, ended).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        Assert.True(_address.Task.IsCompletedSuccessfully, $"The sample did not start: {Output}");
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 500 })
        {
            BaseAddress = await _address.Task,
            Timeout = Patience.Limit,
        };
    }

    /// <summary>Sends a signal: <c>TERM</c>, <c>INT</c> or <c>KILL</c>.</summary>
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
            _temporary.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A child process of the sample has not ended yet. The folder is temporary, so it may remain.
        }
    }

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
