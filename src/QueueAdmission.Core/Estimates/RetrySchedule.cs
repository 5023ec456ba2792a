namespace QueueAdmission;

/// <summary>When refused callers should come back.</summary>
/// <remarks>
/// <para>Refusals are booked one after the other, into the time after the present waiters are served. There is one
/// every 1 ÷ (half the drain rate) seconds, like the virtual clock of network schedulers. So callers refused in the
/// same instant return one by one. The queue can serve that pace while as many newcomers arrive. The calendar keeps
/// this true after rounding to whole seconds.</para>
/// <para>Bookings beyond the longest allowed time are dealt over the whole range by the golden ratio. It fills the
/// range evenly without a random number.</para>
/// <para>Guarded by the queue's lock. The time is the last one that the queue read: a timestamp for each refusal would
/// cost as much as the refusal.</para>
/// </remarks>
internal sealed class RetrySchedule(long ticksPerSecond)
{
    private const double ShareForReturners = 0.5;
    private const double GoldenRatio = 0.6180339887498949;

    private readonly ReturnCalendar _calendar = new(ticksPerSecond);
    private double _booked;
    private double _dealt;

    /// <param name="now">The queue's clock.</param>
    /// <param name="waiting">How many wait at present.</param>
    /// <param name="drainPerSecond">The measured drain rate, or 0 while there is none.</param>
    /// <param name="workers">The workers in force: without a measurement a job is taken to last a second.</param>
    /// <param name="min">The smallest answer, in seconds.</param>
    /// <param name="max">The largest answer, in seconds.</param>
    /// <returns>Whole seconds from now.</returns>
    public int Book(long now, int waiting, double drainPerSecond, int workers, int min, int max)
    {
        var rate = drainPerSecond > 0 ? drainPerSecond : workers;
        var drained = now + (waiting / rate * ticksPerSecond);
        var booked = Math.Max(_booked, drained) + (ticksPerSecond / (rate * ShareForReturners));
        var seconds = (int)Math.Clamp(Math.Ceiling((booked - now) / ticksPerSecond), min, max + 1);
        _calendar.TurnTo(now, max);
        if (seconds <= max)
        {
            var maxPerSecond = Math.Max(1, rate * ShareForReturners);
            while (seconds <= max && !_calendar.HasRoom(seconds, maxPerSecond))
                seconds++;
            // What is full stays full: the next one need not look there again.
            _booked = Math.Max(booked, now + ((seconds - 1.0) * ticksPerSecond));
        }
        if (seconds > max)
            seconds = Deal(min, max);
        _calendar.Enter(seconds);
        return seconds;
    }

    private int Deal(int min, int max)
    {
        _dealt += GoldenRatio;
        _dealt -= Math.Floor(_dealt);
        return min + (int)(_dealt * (max - min + 1));
    }
}
