namespace QueueAdmission.Cluster.Simulation;

/// <summary>A simulated store: one document, compare-and-set, and a clock that may be wrong.</summary>
internal sealed class SimStore(SimWorld world)
{
    private readonly List<(TimeSpan Time, string? Version, ReadOnlyMemory<byte> Document)> _history = [];
    private TimeSpan _clockOffset = TimeSpan.FromSeconds(1_000);
    private string _identity = "store-0";
    private int _restarts;

    public string? Version { get; private set; }

    public ReadOnlyMemory<byte> Document { get; private set; }

    /// <summary>Whether the store is unreachable. Messages to it are then lost.</summary>
    public bool IsAway { get; set; }

    public long Reads { get; private set; }

    public long Writes { get; private set; }

    public long RefusedWrites { get; private set; }

    public Action<string>? OnSignal { get; set; }

    public LeaseStoreReading Read()
    {
        Reads++;
        return ReadNow();
    }

    /// <returns>Null if the document was written, otherwise the current reading.</returns>
    public LeaseStoreReading? Write(LeaseStoreReading expected, LeaseStoreWrite write)
    {
        Writes++;
        if (Version != expected.Version || _identity != expected.Identity)
        {
            RefusedWrites++;
            return ReadNow();
        }
        (Version, Document) = (write.Version, write.Document);
        world.Tell($"write {System.Text.Encoding.UTF8.GetString(Document.Span)} signal {write.Signal}");
        _history.Add((world.Now, Version, Document));
        if (_history.Count > 4_000)
            _history.RemoveRange(0, 2_000);
        if (write.Signal is { } signal)
            OnSignal?.Invoke(signal);
        return null;
    }

    public void Restart(bool loseData)
    {
        _identity = $"store-{++_restarts}";
        world.Tell($"{_identity} serves, lost: {loseData}");
        if (loseData)
            (Version, Document) = (null, default);
    }

    /// <summary>Lets a replica take over. Its data lags behind, and its clock differs.</summary>
    public void FailOver(TimeSpan lag, TimeSpan clockDifference)
    {
        Restart(loseData: false);
        var index = _history.FindLastIndex(version => version.Time <= world.Now - lag);
        (Version, Document) = index < 0 ? (null, default) : (_history[index].Version, _history[index].Document);
        _clockOffset += clockDifference;
        world.Tell($"failed over with {lag} of lag, {clockDifference} on the clock");
    }

    public void StepClock(TimeSpan step)
    {
        world.Tell($"store's clock steps {step}");
        _clockOffset += step;
    }

    private LeaseStoreReading ReadNow() =>
        new() { Version = Version, Document = Document, Time = world.Now + _clockOffset, Identity = _identity };
}
