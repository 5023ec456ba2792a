namespace QueueAdmission.Deferred;

/// <summary>Limits how many requests of one queue do the same thing at the same time.</summary>
internal sealed class RequestSlots
{
    private int _taken;

    public int Taken => Volatile.Read(ref _taken);

    public bool TryTake(int max)
    {
        var taken = Volatile.Read(ref _taken);
        while (taken < max)
        {
            var seen = Interlocked.CompareExchange(ref _taken, taken + 1, taken);
            if (seen == taken)
            {
                return true;
            }
            taken = seen;
        }
        return false;
    }

    public void Return() => Interlocked.Decrement(ref _taken);
}
