namespace QueueAdmission.Deferred.Running.Histories;

/// <summary>
/// Records the events of an <see cref="OutcomesHistory"/>. The record is shown if a guarantee is violated.
/// </summary>
internal sealed class HistoryTrace(int seed, TimeProvider clock)
{
    private readonly List<string> _lines = [];

    public void Add(string line) => _lines.Add($"{clock.GetUtcNow():ss.fff} {line}");

    public void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            Assert.Fail($"Seed {seed}: {otherwise} After:\n  {string.Join("\n  ", _lines)}");
        }
    }
}
