namespace QueueAdmission;

/// <summary>Schedules the times at which refused callers should retry.</summary>
/// <remarks>
/// <para>The retries are booked one after the other, from the time at which the current waiters will have been served.
/// Their distance is 1 ÷ (half the drain rate), as with the virtual clock of a network scheduler. Callers that are
/// refused at the same time therefore return one by one. Their retries use half of the drain rate, which leaves the
/// other half to newcomers. <see cref="ReturnCalendar"/> maintains this rate although retry times are rounded to whole
/// seconds.</para>
/// <para>If a retry would be later than the maximum, it is placed somewhere in the whole allowed range, by multiples of
/// the golden ratio. They fill the range evenly without random numbers.</para>
/// <para>Guarded by the queue's lock. The schedule uses the last timestamp that the queue has taken: a timestamp for
/// each refusal would cost as much as the refusal itself.</para>
/// </remarks>
internal sealed class RetrySchedule(long ticksPerSecond)
{
    private const double ShareForReturners = 0.5;
    private const double GoldenRatio = 0.6180339887498949;

    private readonly ReturnCalendar _calendar = new(ticksPerSecond);
    private double _booked;
    private double _dealt;

    /// <summary>Books a retry.</summary>
    /// <param name="now">The current time on the queue's clock.</param>
    /// <param name="waiting">The number of waiting jobs.</param>
    /// <param name="drainPerSecond">The measured drain rate; 0 while nothing has been measured.</param>
    /// <param name="workers">
    /// The number of workers in force. Used as the drain rate while nothing has been measured, as if each job took one
    /// second.
    /// </param>
    /// <param name="min">The minimum result, in seconds.</param>
    /// <param name="max">The maximum result, in seconds.</param>
    /// <returns>The time until the retry, in whole seconds.</returns>
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
            // Full seconds stay full, so the next booking starts its search after them.
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
