namespace QueueAdmission;

/// <summary>
/// Distinguishes a standing queue from one that jobs pass through. The sign is not the length but the waits: they stay
/// long for a while, or short again.
/// </summary>
internal struct StandingQueue
{
    /// <summary>
    /// Waits below this share of the target are short: the queue has caught up. They must stay short for one target,
    /// because by chance there is such a moment every few seconds.
    /// </summary>
    private const double Short = 0.1;

    private const long Never = 0;

    private long _since;

    public bool IsStanding { get; private set; }

    /// <summary>Since when the waits have been such that the state may change; 0 if they are not.</summary>
    public readonly long Since => _since;

    /// <summary>The queue stands, whatever the waits are.</summary>
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
