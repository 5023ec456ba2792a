using System.Diagnostics;

namespace QueueAdmission.Cluster.Benchmarks.Servers;

/// <summary>
/// A process that the benchmark has started. Only this process and its child processes are ever killed.
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    private const int MaxLines = 1_000;

    private readonly Process _process;
    private readonly List<string> _firstLines = [];
    private readonly Queue<string> _lastLines = [];

    private ServerProcess(Process process) => _process = process;

    public bool HasExited => _process.HasExited;

    /// <summary>
    /// The first and the last lines that the process has written. The lines between are dropped, because a recovering
    /// server logs a line for each refused client.
    /// </summary>
    public string Output
    {
        get
        {
            lock (_firstLines)
                return string.Join('\n', _firstLines.Concat(_lastLines));
        }
    }

    public static ServerProcess Start(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var server = new ServerProcess(process);
        process.OutputDataReceived += server.Keep;
        process.ErrorDataReceived += server.Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Runs a tool and waits until it has exited.</summary>
    /// <returns>The output of the tool.</returns>
    public static string Run(string program, params string[] arguments)
    {
        using var tool = Start(program, arguments);
        tool._process.WaitForExit();
        if (tool._process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {tool.Output}");
        return tool.Output;
    }

    /// <summary>Waits until a condition outside this process is met.</summary>
    public static void Until(Func<bool> condition, Func<string> complaint)
    {
        for (var since = Stopwatch.GetTimestamp(); !condition(); Thread.Sleep(2))
        {
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(60))
                throw new TimeoutException(complaint());
        }
    }

    /// <summary>Kills the process at once, as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not { } text)
            return;
        lock (_firstLines)
        {
            if (_firstLines.Count < MaxLines)
            {
                _firstLines.Add(text);
                return;
            }
            _lastLines.Enqueue(text);
            if (_lastLines.Count > MaxLines)
                _lastLines.Dequeue();
        }
    }
}
