namespace QueueAdmission;

/// <summary>
/// The share of the workers that background jobs get while live jobs wait: a credit in worker-ticks. Guarded by the
/// queue's lock.
/// </summary>
/// <remarks>
/// <para><b>The rate</b> is the minimum share × the limit in force: the workers that background jobs may claim.
/// While a live job and a background job wait, the credit grows by the rate. While a live job waits, it shrinks by the
/// workers that background jobs hold. A worker that live jobs leave free costs nothing, however long it is used.</para>
/// <para><b>The share is due</b> while there is credit and background jobs hold fewer workers than the rate. The next
/// free worker is then theirs. So they hold at most the rate, rounded up, or one job more where jobs have a weight.
/// Live jobs never lose all workers to credit that was saved up, unless the rate asks for all.</para>
/// <para><b>Why the share is reached.</b> Suppose that a background job waits all the time. While there is credit, each
/// worker that becomes free is theirs until they hold the rate. So the credit does not grow, but for the time until
/// workers become free. What they have used is the rate × the time − the credit, and the credit is bounded. So their
/// part of the time tends to the minimum share from below, and a debt means that they have had more.</para>
/// <para><b>Bounds.</b> The credit is at most what the rate gives in <see cref="MaxClaimSeconds"/>. If no worker was
/// free for longer, background jobs do not make up for all of it at the cost of those that wait now. A debt is at most
/// what the rate repays in <see cref="MaxDebtSeconds"/>. It comes from a job that runs for long. So one such job does
/// not exclude background jobs for longer than that. Time repays a debt, also while no job waits. Credit is lost when
/// no background job waits or runs.</para>
/// </remarks>
internal sealed class BackgroundShare(long ticksPerSecond)
{
    public const int MaxClaimSeconds = 60;
    public const int MaxDebtSeconds = 3_600;

    private double _credit;

    // What holds from _asOf on.
    private long _asOf;
    private double _rate;
    private int _inUse;
    private bool _isContended;
    private bool _isClaimed;

    /// <summary>
    /// The worker-ticks that background jobs may still claim. It is below 0 if they have used more than their share.
    /// </summary>
    public double Credit => _credit;

    /// <summary>Whether the next free worker is for a background job, if one waits.</summary>
    /// <param name="inUse">The workers that background jobs hold.</param>
    public bool IsDue(int inUse) => _credit > 0 && inUse < _rate;

    /// <summary>Updates the credit, and remembers the state of the queue until the next update.</summary>
    /// <param name="now">The queue's time.</param>
    /// <param name="rate">The minimum share × the limit in force.</param>
    /// <param name="inUse">The workers that background jobs hold.</param>
    /// <param name="isContended">Whether a live job waits that needs only a worker.</param>
    /// <param name="isClaimed">Whether a background job waits.</param>
    public void Observe(long now, double rate, int inUse, bool isContended, bool isClaimed)
    {
        var elapsed = Math.Max(0, now - _asOf);
        var change = elapsed * (_rate - (_isContended ? _inUse : 0));
        // Time alone repays a debt, and earns nothing beyond it.
        _credit = change <= 0 || (_isContended && _isClaimed)
            ? _credit + change
            : Math.Min(_credit + change, Math.Max(0, _credit));
        _credit = Math.Clamp(
            _credit, -_rate * MaxDebtSeconds * ticksPerSecond, _rate * MaxClaimSeconds * ticksPerSecond);
        if (inUse == 0 && !isClaimed)
            _credit = Math.Min(0, _credit);
        (_asOf, _rate, _inUse, _isContended, _isClaimed) = (Math.Max(_asOf, now), rate, inUse, isContended, isClaimed);
    }
}
