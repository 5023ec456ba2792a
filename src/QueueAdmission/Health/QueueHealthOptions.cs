namespace QueueAdmission;

/// <summary>The settings of the health check of the queues.</summary>
public sealed class QueueHealthOptions
{
    private TimeSpan? _unhealthyAfterStandstill;
    private double _readyAgainAt = 0.5;

    /// <summary>
    /// The time of standstill after which a queue makes the check Unhealthy. A queue stands still while jobs wait and
    /// no job starts or ends. Above zero. Default null: a standstill is not reported.
    /// </summary>
    /// <remarks>
    /// A paused queue does not count. Choose a time that is longer than the longest job may take. If all workers are
    /// busy with long jobs, a queue looks the same as one whose workers hang.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above zero.</exception>
    public TimeSpan? UnhealthyAfterStandstill
    {
        get => _unhealthyAfterStandstill;
        set
        {
            if (value is { } time)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(
                    time, TimeSpan.Zero, nameof(UnhealthyAfterStandstill));
            }
            _unhealthyAfterStandstill = value;
        }
    }

    /// <summary>
    /// Whether a full queue makes the check Unhealthy, so that a load balancer sends new requests to other instances.
    /// The check stays Unhealthy until at most <see cref="ReadyAgainAt"/> of the places are taken. Default false.
    /// </summary>
    /// <remarks>
    /// <para><b>Use it with care.</b> When the load is too high for all instances, all of them become full. The load
    /// balancer then takes all of them out, and no request is served. Without this setting, each instance goes on at
    /// its full capacity. The setting helps only if the load is spread unevenly.</para>
    /// <para>Use it for readiness only. When a liveness probe fails under load, the instance is restarted while it is
    /// needed most.</para>
    /// </remarks>
    public bool UnreadyWhenFull { get; set; }

    /// <summary>
    /// The share of a queue's places up to which a full queue becomes ready again. It applies with
    /// <see cref="UnreadyWhenFull"/>. Default 0.5; range 0 to below 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public double ReadyAgainAt
    {
        get => _readyAgainAt;
        set
        {
            if (value is not (>= 0 and < 1))
            {
                throw new ArgumentOutOfRangeException(nameof(ReadyAgainAt), value, "Allowed: 0 to below 1.");
            }
            _readyAgainAt = value;
        }
    }
}
