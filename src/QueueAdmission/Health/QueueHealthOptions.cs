namespace QueueAdmission;

/// <summary>What the health check of the queues makes of what it sees.</summary>
public sealed class QueueHealthOptions
{
    private TimeSpan? _unhealthyAfterStandstill;
    private double _readyAgainAt = 0.5;

    /// <summary>
    /// Unhealthy if in some queue jobs wait and for so long none of its jobs has ended and none has begun. Default null: never. A queue that is paused does not count.
    /// </summary>
    /// <remarks>Longer than the longest job may take: a queue whose workers are all busy with long jobs looks just like one whose workers hang.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above zero.</exception>
    public TimeSpan? UnhealthyAfterStandstill
    {
        get => _unhealthyAfterStandstill;
        set
        {
            if (value is { } time)
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(UnhealthyAfterStandstill));
            _unhealthyAfterStandstill = value;
        }
    }

    /// <summary>
    /// Whether a full queue makes the check Unhealthy, so that a load balancer sends new requests elsewhere. Default false. From then on it stays Unhealthy until
    /// no more than <see cref="ReadyAgainAt"/> of the places are taken.
    /// </summary>
    /// <remarks>
    /// <para><b>Think twice.</b> When the load is too high for all instances, all of them become full, all are taken out, and nobody is served at all, while without this
    /// each would go on working at its full capacity. It helps only where the load is spread unevenly.</para>
    /// <para>For readiness only. A liveness probe that fails under load has the instance restarted when it is needed most.</para>
    /// </remarks>
    public bool UnreadyWhenFull { get; set; }

    /// <summary>With <see cref="UnreadyWhenFull"/>: the share of a queue's places that may still be taken when it counts as ready again. Default 0.5; range 0 to below 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public double ReadyAgainAt
    {
        get => _readyAgainAt;
        set
        {
            if (value is not (>= 0 and < 1))
                throw new ArgumentOutOfRangeException(nameof(ReadyAgainAt), value, "Allowed: 0 to below 1.");
            _readyAgainAt = value;
        }
    }
}
