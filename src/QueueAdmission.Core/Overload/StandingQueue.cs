namespace QueueAdmission;

/// <summary>
/// Distinguishes a standing queue from a queue that only absorbs a burst. The criterion is not the number of waiting
/// jobs, but whether the waits stay long. The state ends when the waits stay short.
/// </summary>
internal struct StandingQueue
{
    /// <summary>
    /// The fraction of the target below which a wait counts as short. Waits must stay short for one target time,
    /// because even in an overloaded queue they are short for a moment every few seconds.
    /// </summary>
    private const double Short = 0.1;

    private const long Never = 0;

    private long _since;

    public bool IsStanding { get; private set; }

    /// <summary>
    /// The time since which the waits have met the condition for a change of the state; 0 if they do not meet it.
    /// </summary>
    public readonly long Since => _since;

    /// <summary>Makes the queue a standing queue, regardless of the waits.</summary>
    public void Begin()
    {
        if (IsStanding)
            return;
        IsStanding = true;
        _since = Never;
    }

    /// <summary>Updates the state with the longest wait; zero if no job waits.</summary>
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
