using System.Diagnostics;

namespace PostDemo;

/// <summary>The process that runs the jobs, a child of this process.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WorkerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>
    /// Completes with true when the process reports that it is ready to run jobs, or with false if it ends before that.
    /// </summary>
    public Task<bool> Ready => _ready.Task;

    /// <param name="command">The command that starts the process.</param>
    /// <param name="say">Called for every line that the process writes.</param>
    public static WorkerProcess Start(WorkerCommand command, Action<string> say)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        foreach (var argument in command.Arguments)
            start.ArgumentList.Add(argument);
        var child = new WorkerProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Hear(line.Data, say);
        child._process.ErrorDataReceived += (_, line) => child.Hear(line.Data, say);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Ends the process at once, as kill -9 does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks the process to finish what it runs, and to end.</summary>
    public void Close() => _process.StandardInput.Close();

    /// <summary>Waits until the process has ended. Afterwards none of its code runs.</summary>
    public async Task WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        _ready.TrySetResult(false);
    }

    public void Dispose() => _process.Dispose();

    private void Hear(string? line, Action<string> say)
    {
        if (line is null)
            return;
        if (WorkerSign.IsIt(line))
            _ready.TrySetResult(true);
        else
            say(line);
    }
}
