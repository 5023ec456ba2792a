namespace QueueAdmission.Cluster.Simulation;

/// <summary>The network between one node and the store. It may be slow or cut, and may reorder messages.</summary>
internal sealed class SimNetwork(SimWorld world)
{
    /// <summary>The mean time of one way.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(0.15);

    public bool IsCut { get; set; }

    /// <summary>The probability that a message is up to some seconds late.</summary>
    public double LateChance { get; set; }

    /// <summary>A call and its answer. A message that is lost has no answer.</summary>
    public void Send<T>(Func<T?> onStore, Action<T> onAnswer)
        where T : class
    {
        if (IsCut)
            return;
        world.After(OneWay(), () =>
        {
            // A message that was under way when the way was cut arrives or not.
            if ((IsCut && world.Chance(0.5)) || onStore() is not { } answer || (IsCut && world.Chance(0.5)))
                return;
            world.After(OneWay(), () => onAnswer(answer));
        });
    }

    public void Deliver(Action onNode)
    {
        if (!IsCut && !world.Chance(0.02))
            world.After(OneWay(), onNode);
    }

    private TimeSpan OneWay() =>
        (Latency * 0.7) + world.Exponential(Latency * 0.3) + (
            world.Chance(LateChance) ? world.Between(0.2, 5) : TimeSpan.Zero);
}
