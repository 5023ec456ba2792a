namespace QueueAdmission;

/// <summary>
/// The share of the workers that background jobs get while live jobs wait. It is accounted as a credit in worker-ticks:
/// workers × ticks of the clock. Guarded by the queue's lock.
/// </summary>
/// <remarks>
/// <para><b>The rate</b> is the minimum share × the limit in force: the number of workers that background jobs may
/// claim. While a live job and a background job wait, the credit grows by the rate per tick. While a live job waits,
/// the credit shrinks per tick by the number of workers that background jobs hold. While no live job waits, background
/// jobs use workers without a charge.</para>
/// <para><b>The share is due</b> while the credit is positive and background jobs hold fewer workers than the rate. The
/// next free worker then goes to a background job. Because of the share, background jobs therefore hold at most the
/// rate, rounded up, plus the further workers of one job with a weight. So even a large credit does not take all
/// workers from live jobs, unless the rate is as high as the limit.</para>
/// <para><b>Why the share is reached.</b> Suppose that live and background jobs always wait. While the credit is
/// positive, each worker that becomes free goes to a background job until background jobs hold the rate. The credit
/// therefore grows only during the time until workers become free. The worker-ticks that background jobs have used are
/// the rate × the time − the credit. Since the credit has an upper bound, their part of the time tends to at least the
/// minimum share. A debt (a negative credit) means that they have had more.</para>
/// <para><b>Bounds of the credit.</b> The credit is at most what the rate yields in <see cref="MaxClaimSeconds"/>. If
/// no worker became free for a longer time, background jobs therefore do not catch up on all of that time at the
/// expense of live jobs that wait now. The credit is lost when no background job waits or runs.</para>
/// <para><b>Bounds of a debt.</b> A debt is at most what the rate repays in <see cref="MaxDebtSeconds"/>. It arises
/// from a long background job, which therefore cannot exclude other background jobs for longer than that. A debt is
/// repaid as time passes, even while no job waits.</para>
/// </remarks>
internal sealed class BackgroundShare(long ticksPerSecond)
{
    public const int MaxClaimSeconds = 60;
    public const int MaxDebtSeconds = 3_600;

    private double _credit;

    // The state of the queue since _asOf.
    private long _asOf;
    private double _rate;
    private int _inUse;
    private bool _isContended;
    private bool _isClaimed;

    /// <summary>
    /// The number of worker-ticks that background jobs may still claim. Below 0 if they have used more than their
    /// share.
    /// </summary>
    public double Credit => _credit;

    /// <summary>Returns whether the next free worker goes to a background job, if one waits.</summary>
    /// <param name="inUse">The number of workers that background jobs hold.</param>
    public bool IsDue(int inUse) => _credit > 0 && inUse < _rate;

    /// <summary>Updates the credit for the time since the last update, and stores the new state of the queue.</summary>
    /// <param name="now">The queue's time.</param>
    /// <param name="rate">The minimum share × the limit in force.</param>
    /// <param name="inUse">The number of workers that background jobs hold.</param>
    /// <param name="isContended">Whether a live job waits that needs only free workers.</param>
    /// <param name="isClaimed">Whether a background job waits.</param>
    public void Observe(long now, double rate, int inUse, bool isContended, bool isClaimed)
    {
        var elapsed = Math.Max(0, now - _asOf);
        var change = elapsed * (_rate - (_isContended ? _inUse : 0));
        // If not both kinds of jobs wait, the passing time only repays a debt, and adds no credit.
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
