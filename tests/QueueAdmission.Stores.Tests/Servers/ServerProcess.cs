using System.Diagnostics;

namespace QueueAdmission.Stores.Servers;

/// <summary>A process that a test has started.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];

    private ServerProcess(Process process)
    {
        _process = process;
    }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public static ServerProcess Start(string program, params string[] arguments)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            },
        };
        var server = new ServerProcess(process);
        process.Start();
        server.Follow(process.StandardOutput);
        server.Follow(process.StandardError);
        process.StandardInput.Close();
        return server;
    }

    /// <summary>Kills the process and its child processes, like <c>kill -9</c>.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>Sends a signal to the process, for example to freeze or to continue it.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }
        _process.Dispose();
    }

    /// <summary>Reads the output of the process on a separate thread, because the thread pool may be starved.</summary>
    private void Follow(StreamReader reader) => new Thread(() =>
    {
        while (reader.ReadLine() is { } line)
        {
            lock (_output)
            {
                if (_output.Count < 1000)
                {
                    _output.Add(line);
                }
            }
        }
    })
    { IsBackground = true }.Start();
}
