using System.Diagnostics;
using System.Text;

namespace QueueAdmission.Packaging.Processes;

/// <summary>
/// A started program whose output is kept. Disposing it ends the program and its children by their ids.
/// </summary>
internal sealed class BoundedProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _outputLock = new();

    /// <param name="start">The program to start.</param>
    /// <param name="lineRead">Called with each line of the standard output.</param>
    public BoundedProcess(ProcessStartInfo start, Action<string>? lineRead = null)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Keep(e.Data, lineRead);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data, null);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (_outputLock)
                return _output.ToString();
        }
    }

    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} did not end within {limit}:\n{Output}");
        }
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Keep(string? line, Action<string>? lineRead)
    {
        if (line is null)
            return;
        lock (_outputLock)
            _output.AppendLine(line);
        lineRead?.Invoke(line);
    }
}
