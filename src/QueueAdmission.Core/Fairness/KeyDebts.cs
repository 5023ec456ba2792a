namespace QueueAdmission;

/// <summary>
/// Bounds the number of keys that have no job and only owe work. Together with the active keys there are at most as
/// many accounts as the queue has places and workers.
/// </summary>
internal sealed class KeyDebts(IReadOnlyList<KeyTurns> classes, KeyBook book)
{
    /// <summary>Forgets the smallest debts where there are too many accounts.</summary>
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
