using System.Globalization;
using QueueAdmission.Cluster.Benchmarks.Figures;

namespace QueueAdmission.Cluster.Benchmarks.Nodes;

/// <summary>The process of one node. It executes the commands that it reads from its standard input.</summary>
internal static class NodeProcess
{
    /// <param name="arguments">The paths of the job log and of the event log, and the settings.</param>
    public static void Run(string[] arguments)
    {
        using var log = JobLog.Open(arguments[0]);
        using var events = new NodeEvents(arguments[1]);
        var settings = NodeSettings.Parse(arguments[2..]);
        IGate? gate = null;
        NodeLoad? load = null;
        Say("ready");
        // Commands are read on a dedicated thread, because the thread pool may be starved.
        while (Console.In.ReadLine()?.Split(' ') is { } line)
        {
            switch (line)
            {
                case ["join"]:
                    gate = settings.Gate == "RedisRateLimiting"
                        ? RivalGate.StartAsync(settings).GetAwaiter().GetResult()
                        : QueueGate.StartAsync(settings, events).GetAwaiter().GetResult();
                    load = new NodeLoad(gate, log);
                    Say("joined");
                    break;
                case ["load", var perSecond, var milliseconds, var seed]:
                    load!.Begin(Number(perSecond), TimeSpan.FromMilliseconds(Number(milliseconds)), (int)Number(seed));
                    break;
                case ["job", var milliseconds]:
                    load!.Send(Clock.Now, TimeSpan.FromMilliseconds(Number(milliseconds)));
                    break;
                case ["starve", var seconds]:
                    StarvedPool.Begin(TimeSpan.FromSeconds(Number(seconds)));
                    break;
                case ["leave"]:
                    gate!.DisposeAsync().AsTask().GetAwaiter().GetResult();
                    Say("left");
                    return;
                default:
                    throw new InvalidOperationException($"Unknown command: {string.Join(' ', line)}");
            }
        }
    }

    private static void Say(string text)
    {
        Console.Out.WriteLine(text);
        Console.Out.Flush();
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
