namespace QueueAdmission.Cluster.Simulation;

/// <summary>Simulates time: runs events in the order of their times, without waiting between them.</summary>
internal sealed class SimWorld(int seed)
{
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private long _order;

    public Random Random { get; } = new(seed);

    /// <summary>The true time. Nodes and stores only know their own clocks.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Called after every event.</summary>
    public Action? AfterEach { get; set; }

    public long Steps { get; private set; }

    /// <summary>The list to which events are logged. Null if a test does not need a log.</summary>
    public List<string>? Log { get; set; }

    public void Tell(FormattableString text) =>
        Log?.Add(FormattableString.Invariant($"{Now.TotalSeconds,9:F4} ") + FormattableString.Invariant(text));

    public void At(TimeSpan time, Action action) =>
        _events.Enqueue(action, ((time < Now ? Now : time).Ticks, _order++));

    public void After(TimeSpan delay, Action action) => At(Now + delay, action);

    public void RunUntil(TimeSpan end)
    {
        while (_events.TryPeek(out _, out var next) && next.Time <= end.Ticks)
        {
            var action = _events.Dequeue();
            Now = TimeSpan.FromTicks(next.Time);
            action();
            Steps++;
            AfterEach?.Invoke();
        }
        Now = end;
    }

    public TimeSpan Between(double min, double max) => TimeSpan.FromSeconds(min + (Random.NextDouble() * (max - min)));

    public TimeSpan Exponential(TimeSpan mean) => mean * -Math.Log(1 - Random.NextDouble());

    public bool Chance(double probability) => Random.NextDouble() < probability;
}
