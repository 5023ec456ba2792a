using System.Diagnostics;
using System.Globalization;

namespace ClusterDemo;

/// <summary>The process of one node, a child of this process.</summary>
internal sealed class ShopProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri?> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ShopProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>
    /// Completes with the address of the node as soon as the node listens, or with null if the process ends before
    /// that.
    /// </summary>
    public Task<Uri?> Address => _address.Task;

    /// <param name="number">The number of the node.</param>
    /// <param name="options">The options that the node has in common with the front.</param>
    /// <param name="say">Called for every line that the node writes.</param>
    public static ShopProcess Start(int number, DemoOptions options, Action<string> say)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(ShopProcess).Assembly.Location);
        string[] arguments =
            [ShopNode.Option, number.ToString(CultureInfo.InvariantCulture), "--urls", "http://127.0.0.1:0"];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in options.ToEnvironment())
            start.Environment[name] = value;
        var child = new ShopProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Hear(line.Data, say);
        child._process.ErrorDataReceived += (_, line) => child.Hear(line.Data, say);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Ends the process at once, as kill -9 does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks the node to finish its orders and to end.</summary>
    public void Close() => _process.StandardInput.Close();

    /// <summary>Waits until the process has ended. Afterwards none of its code runs.</summary>
    public async Task WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        _address.TrySetResult(null);
    }

    public void Dispose() => _process.Dispose();

    private void Hear(string? line, Action<string> say)
    {
        if (line is null)
            return;
        if (NodeAddress.Find(line) is { } address)
            _address.TrySetResult(address);
        else
            say(line);
    }
}
