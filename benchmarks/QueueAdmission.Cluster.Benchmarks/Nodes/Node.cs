using System.Diagnostics;
using System.Globalization;
using QueueAdmission.Cluster.Benchmarks.Figures;

namespace QueueAdmission.Cluster.Benchmarks.Nodes;

/// <summary>A node in a separate process. Disposing this object ends the process.</summary>
internal sealed class Node : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly JobLog _log;
    private readonly string _events;
    private TimeSpan? _killed;

    /// <param name="number">The number of the node, which is also the random seed of its load.</param>
    /// <param name="folder">The folder for its logs.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="prefix">
    /// The command that starts the process, for example in a network namespace. Empty for a plain start.
    /// </param>
    public Node(int number, string folder, NodeSettings settings, params string[] prefix)
    {
        Number = number;
        var path = Path.Combine(folder, $"{settings.Cluster}-{number}-{Guid.NewGuid():N}");
        _log = JobLog.Open(path + ".jobs");
        _events = path + ".events";
        string[] command =
        [
            .. prefix, Environment.ProcessPath!, .. Self(), "node", path + ".jobs", _events, .. settings.ToArguments(),
        ];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_TieredPGO"] = "0" },
        })!;
        Expect("ready");
    }

    public int Number { get; }

    public IReadOnlyList<(TimeSpan At, string Name)> Events => NodeEvents.Read(_events);

    public IEnumerable<Job> Jobs => _log.Read(Number, _killed);

    public Node Join()
    {
        Tell("join");
        Expect("joined");
        return this;
    }

    public void Load(double perSecond, TimeSpan work) => Tell(string.Create(
        CultureInfo.InvariantCulture, $"load {perSecond} {work.TotalMilliseconds} {Number}"));

    public void Send(TimeSpan work) =>
        Tell(string.Create(CultureInfo.InvariantCulture, $"job {work.TotalMilliseconds}"));

    public void Starve(TimeSpan time) =>
        Tell(string.Create(CultureInfo.InvariantCulture, $"starve {time.TotalSeconds}"));

    /// <summary>Kills the process as <c>kill -9</c> does.</summary>
    /// <returns>The time at which the process had exited.</returns>
    public TimeSpan Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        _killed = Clock.Now;
        return _killed.Value;
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public int Count(string eventName, TimeSpan from) => Events.Count(e => e.Name == eventName && e.At >= from);

    public TimeSpan? First(string eventName, TimeSpan from) => Events
        .Where(e => e.Name == eventName && e.At >= from).Select(e => (TimeSpan?)e.At).FirstOrDefault();

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _log.Dispose();
    }

    private static string[] Self() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Environment.GetCommandLineArgs()[0]]
            : [];

    private void Tell(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
    }

    private void Expect(string answer)
    {
        var line = _process.StandardOutput.ReadLineAsync();
        if (!line.Wait(Patience) || line.Result != answer)
            throw new InvalidOperationException($"Node {Number} did not say '{answer}'.");
    }
}
