namespace QueueAdmission;

/// <summary>
/// Limits the number of keys that have no job and only owe work. The number of all accounts is kept at or below the
/// number of the queue's places and workers.
/// </summary>
internal sealed class KeyDebts(IReadOnlyList<KeyTurns> classes, KeyBook book)
{
    /// <summary>
    /// Forgets the smallest debts until there are at most <paramref name="accounts"/> accounts, or no debts remain.
    /// </summary>
    public void Bound(int accounts)
    {
        while (book.Count > accounts && Smallest() is { } turns)
            turns.ForgetSmallestDebt();
    }

    private KeyTurns? Smallest()
    {
        KeyTurns? smallest = null;
        foreach (var turns in classes)
        {
            if (turns.SmallestDebt is { } debt && (smallest is null || debt < smallest.SmallestDebt))
                smallest = turns;
        }
        return smallest;
    }
}
