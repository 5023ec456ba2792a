namespace QueueAdmission.Cluster.Simulation;

/// <summary>
/// The network between a node and the store. It may be slow or interrupted, and may reorder messages.
/// </summary>
internal sealed class SimNetwork(SimWorld world)
{
    /// <summary>The mean time of a message in one direction.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(0.15);

    public bool IsCut { get; set; }

    /// <summary>The probability that a message is delayed, by up to five seconds.</summary>
    public double LateChance { get; set; }

    /// <summary>Sends a call to the store, and delivers the answer. If a message is lost, no answer arrives.</summary>
    public void Send<T>(Func<T?> onStore, Action<T> onAnswer)
        where T : class
    {
        if (IsCut)
            return;
        world.After(OneWay(), () =>
        {
            // A message that was on its way when the network was interrupted may or may not arrive.
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
