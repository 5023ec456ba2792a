namespace QueueAdmission;

/// <summary>
/// Distinguishes a standing queue from one that only absorbs a burst. The number of waiters does not matter. What
/// matters is whether the waits stay long, or stay short again.
/// </summary>
internal struct StandingQueue
{
    /// <summary>
    /// The share of the target below which waits are short. They have to stay short for one target time, because in an
    /// overloaded queue there is a short moment every few seconds.
    /// </summary>
    private const double Short = 0.1;

    private const long Never = 0;

    private long _since;

    public bool IsStanding { get; private set; }

    /// <summary>The time since which the waits may change the state; 0 if they do not.</summary>
    public readonly long Since => _since;

    /// <summary>Makes the queue a standing one, regardless of the waits.</summary>
    public void Begin()
    {
        if (IsStanding)
            return;
        IsStanding = true;
        _since = Never;
    }

    /// <summary>Takes note of the longest wait; zero if no job waits.</summary>
    public void Observe(long now, long longestWait, long target, long interval)
    {
        var time = IsStanding ? target : interval;
        var isTurning = IsStanding ? longestWait < target * Short : longestWait >= interval;
        if (!isTurning)
        {
            _since = Never;
        }
        else if (_since == Never)
        {
            _since = Math.Max(1, now);
        }
        else if (now - _since >= time)
        {
            IsStanding = !IsStanding;
            _since = Never;
        }
    }
}
