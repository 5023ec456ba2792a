namespace QueueAdmission;

/// <summary>
/// The names that have already been logged. Their number is limited, because an application may create endpoints with
/// new names for every request.
/// </summary>
internal sealed class ReportedNames
{
    public const int MaxNames = 1_000;

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <returns>True if the name is new and should be logged. False also if the limit is reached.</returns>
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
