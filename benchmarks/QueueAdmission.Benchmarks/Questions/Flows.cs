namespace QueueAdmission.Benchmarks.Questions;

/// <summary>Runs many asynchronous flows that compete for the same workers.</summary>
internal static class Flows
{
    public const int Count = 256;
    public const int JobsPerFlow = 200;

    /// <summary>
    /// Starts the flows while all workers are held, so that each flow waits from its first job on. Then releases the
    /// workers and waits for all flows.
    /// </summary>
    public static Task RunAsync(Func<Task> flow, Action? hold = null, Action? release = null)
    {
        hold?.Invoke();
        var flows = new Task[Count];
        for (var i = 0; i < Count; i++)
            flows[i] = flow();
        release?.Invoke();
        return Task.WhenAll(flows);
    }

    public static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
            action();
    }
}
