namespace QueueAdmission;

/// <summary>How many refused callers come back when: a ring of eighths of a second, as far as the longest allowed time reaches.</summary>
/// <remarks>
/// <para>A caller can only be told whole seconds, so it comes back at the same fraction of a second at which it was refused. Evenly spread
/// promises therefore pile up when they are rounded, up to twice the intended rate in some second. So every promise is entered here, and one more is
/// only made where no second around it is full. With eighths, a second that begins between two of them sees at most 9/8 of what is meant.</para>
/// <para>The ring holds sums, not counts: the entry of an eighth is the number of returns in the second that begins with it.</para>
/// </remarks>
internal sealed class ReturnCalendar(long ticksPerSecond)
{
    private const int PerSecond = 8;

    private readonly long _eighth = Math.Max(1, ticksPerSecond / PerSecond);
    private int[] _returns = [];
    private long _present;

    /// <summary>Forgets what has passed, and makes room for promises up to <paramref name="longest"/> seconds from <paramref name="now"/>.</summary>
    public void TurnTo(long now, int longest)
    {
        var present = now / _eighth;
        var needed = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)((longest + 2) * PerSecond));
        if (_returns.Length < needed)
            _returns = new int[needed];
        else if (present - _present >= _returns.Length)
            Array.Clear(_returns);
        else
        {
            for (; _present < present; _present++)
                At(_present) = 0;
        }
        _present = present;
    }

    /// <summary>Whether one more may return <paramref name="seconds"/> from now without a second that holds more than <paramref name="most"/>.</summary>
    public bool HasRoom(int seconds, double most)
    {
        var moment = _present + ((long)seconds * PerSecond);
        for (var begin = moment - PerSecond + 1; begin <= moment; begin++)
        {
            if (At(begin) + 1 > most)
                return false;
        }
        return true;
    }

    public void Enter(int seconds)
    {
        var moment = _present + ((long)seconds * PerSecond);
        for (var begin = moment - PerSecond + 1; begin <= moment; begin++)
            At(begin)++;
    }

    private ref int At(long eighth) => ref _returns[eighth & (_returns.Length - 1)];
}
