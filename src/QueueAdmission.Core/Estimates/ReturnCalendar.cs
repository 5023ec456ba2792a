namespace QueueAdmission;

/// <summary>
/// Counts the refused callers that will return at each time, in a ring buffer of eighths of a second. The ring covers
/// at least the maximum <c>Retry-After</c>.
/// </summary>
/// <remarks>
/// <para><c>Retry-After</c> has only whole seconds, so a caller returns at the same fraction of a second at which it
/// was refused. Retry times that are evenly spread can therefore coincide after rounding: a second may get up to twice
/// the intended rate. To prevent this, every retry is entered here. Up to the maximum, a retry is placed only if every
/// second that contains it has room. Seconds are checked at steps of an eighth. A second that starts between two steps
/// gets at most 9/8 of the intended rate.</para>
/// <para>In a lasting rush, retries are beyond the maximum, and a booking costs only one entry here. Seconds are summed
/// only in the search for a second that has room.</para>
/// </remarks>
internal sealed class ReturnCalendar(long ticksPerSecond)
{
    private const int PerSecond = 8;

    private readonly long _eighth = Math.Max(1, ticksPerSecond / PerSecond);
    private int[] _returns = [];
    private long _present;
    private long _now = -1;

    /// <summary>
    /// Removes times that have passed, and makes room for retries up to <paramref name="longest"/> seconds after
    /// <paramref name="now"/>.
    /// </summary>
    public void TurnTo(long now, int longest)
    {
        if (now == _now && _returns.Length >= (longest + 2) * PerSecond)
            return;
        _now = now;
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

    /// <summary>
    /// Returns whether one more caller may return in <paramref name="seconds"/> seconds without any second getting more
    /// than <paramref name="max"/> callers.
    /// </summary>
    public bool HasRoom(int seconds, double max)
    {
        var moment = MomentOf(seconds);
        var inSecond = 1;
        for (var eighth = moment - PerSecond + 1; eighth < moment; eighth++)
            inSecond += At(eighth);
        // Checks every second that contains this eighth, from the second that ends with it to the second that begins
        // with it.
        for (var last = moment; last < moment + PerSecond; last++)
        {
            inSecond += At(last);
            if (inSecond > max)
                return false;
            inSecond -= At(last - PerSecond + 1);
        }
        return true;
    }

    public void Enter(int seconds) => At(MomentOf(seconds))++;

    private long MomentOf(int seconds) => _present + ((long)seconds * PerSecond);

    private ref int At(long eighth) => ref _returns[eighth & (_returns.Length - 1)];
}
