namespace QueueAdmission;

/// <summary>
/// The number of refused callers that return at each time. It is a ring of eighths of a second, as long as the maximum
/// <c>Retry-After</c>.
/// </summary>
/// <remarks>
/// <para>A caller is told whole seconds only, so it returns at the same fraction of a second at which it was refused.
/// Evenly spread promises therefore pile up when they are rounded, up to twice the intended rate in some second. So
/// every promise is entered here. One more is only made where no second around it is full. A second that begins between
/// two eighths gets at most 9/8 of the intended rate.</para>
/// <para>In a rush that lasts, every caller is told the longest times. Then a promise costs one entry. The seconds are
/// only added up to find one that has room.</para>
/// </remarks>
internal sealed class ReturnCalendar(long ticksPerSecond)
{
    private const int PerSecond = 8;

    private readonly long _eighth = Math.Max(1, ticksPerSecond / PerSecond);
    private int[] _returns = [];
    private long _present;
    private long _now = -1;

    /// <summary>
    /// Forgets times that have passed, and makes room for returns up to <paramref name="longest"/> seconds from
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
    /// Whether one more caller may return <paramref name="seconds"/> from now, so that no second has more than
    /// <paramref name="max"/> callers.
    /// </summary>
    public bool HasRoom(int seconds, double max)
    {
        var moment = MomentOf(seconds);
        var inSecond = 1;
        for (var eighth = moment - PerSecond + 1; eighth < moment; eighth++)
            inSecond += At(eighth);
        // Every second that has this moment in it, from the one that ends with it to the one that begins with it.
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
