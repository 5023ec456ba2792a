namespace QueueAdmission;

/// <summary>What was logged already. Bounded, because endpoints made for one request may bring a new name with every request.</summary>
internal sealed class ReportedNames
{
    public const int MaxNames = 1_000;

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <returns>Whether the name is new and to be logged.</returns>
    public bool Add(string name)
    {
        lock (_names)
        {
            return _names.Count < MaxNames && _names.Add(name);
        }
    }

    public void Remove(string name)
    {
        lock (_names)
        {
            _names.Remove(name);
        }
    }
}
