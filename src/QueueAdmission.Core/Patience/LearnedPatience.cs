namespace QueueAdmission;

/// <summary>
/// Learns from wasted jobs how long the clients of a queue, or of one key, wait before they leave. A job is wasted if
/// its client left while the job held a worker.
/// </summary>
/// <remarks>
/// <para><b>Why only wasted jobs count.</b> A client that leaves while its request waits costs nothing, because its
/// place becomes free at once. If only a few clients are impatient, they leave from the line, and the others are served
/// in time. A rule that counted every client that leaves would refuse most clients because of those few.</para>
/// <para><b>Cut.</b> When more than 2 % of about the last 512 jobs were wasted, the limit on the expected wait is set
/// to 0.9 × the 10 % quantile of the ages at which these clients left, minus the mean service time. A job that waits
/// for this time still ends before its client leaves. A further cut lowers the limit by at least 5 %.</para>
/// <para>The real wait varies around the expected wait: the standard deviation for n jobs ahead is √n × the time per
/// job. The limit therefore also leaves room for three standard deviations.</para>
/// <para><b>Full turn.</b> The jobs that wait at the time of a cut were accepted before it. They continue to be wasted
/// until the last of them has started or left. After a cut, nothing is therefore counted for a time that is called a
/// turn: the learned age plus one mean service time. In simulations, reverting a cut earlier gave worse results.</para>
/// <para><b>Probing.</b> While almost no jobs are wasted (at most 0.1 %), the limit grows by 0.05 % per 100 ms. It
/// grows slowly, because a limit that is too high wastes the jobs of a full turn. If it is less than a tenth below the
/// learned age minus the mean service time, its growth is proportional to the distance.</para>
/// <para>If the limit is more than a tenth above the learned age, and jobs really wait that long, it grows by a further
/// 1 % at a time. The limit thus follows clients that become more patient. When it reaches the queue's MaxWait, it is
/// removed.</para>
/// <para><b>Other causes.</b> Some clients leave at random, however short the wait is. No limit can prevent this. If
/// three cuts in a row do not lower the share of wasted jobs by a fifth, this share is tolerated: the limit is removed,
/// and the next cut requires a share that is 2 percentage points higher. The tolerated share halves every
/// minute.</para>
/// <para>Guarded by the queue's lock. The class takes no timestamps.</para>
/// </remarks>
internal sealed class LearnedPatience
{
    public const double MaxWastedShare = 0.02;
    public const double LeavingQuantile = 0.1;
    public const double Margin = 0.9;

    private const int WindowJobs = 512;
    private const double CalmShare = 0.001;
    private const double FurtherCut = 0.95;
    private const double SlowGrowth = 0.0005;
    private const double NearGrowth = 0.02;
    private const double FastGrowth = 1.01;
    private const double Beyond = 1.1;
    private const double Deviations = 3;
    private const int FutileCuts = 3;
    private const double Futile = 1.25;
    private const int StepsPerSecond = 10;

    // The exponentially weighted number of wasted jobs among the last WindowJobs jobs, at the time when _asOf jobs had
    // ended.
    private double _wasted;
    private long _asOf;
    private LeavingAges _ages;
    private long _patience;
    private double _limit = double.PositiveInfinity;
    private long _turnEnd;
    private bool _isTurning;
    private long _grownAt;
    private bool _isReached;

    // The number of ended jobs at the start of the present count. The jobs since then show how large the share of
    // wasted jobs is.
    private long _begin;
    private long _jobsBeforeCut;
    private int _futile;
    private double _tolerated;
    private long _toleratedSince;

    /// <summary>Whether there is a limit, so that newcomers that would wait too long are refused.</summary>
    public bool IsActing => !double.IsPositiveInfinity(_limit);

    /// <summary>
    /// The longest expected wait with which a newcomer is accepted, in ticks. Infinite if there is no limit.
    /// </summary>
    public double Limit => _limit;

    /// <summary>
    /// The learned time for which clients wait, in ticks: the age by which a tenth of the clients of wasted jobs had
    /// left. 0 if no wasted job has been counted.
    /// </summary>
    public long Patience => _patience > 0 ? _patience : _ages.Quantile(LeavingQuantile);

    /// <summary>The time of the last wasted job, on the queue's clock.</summary>
    public long LastWasted { get; private set; }

    /// <summary>
    /// Counts a wasted job: its client left while the job held a worker, after a wait of at least one mean service
    /// time.
    /// </summary>
    /// <param name="age">The age of the request when its client left, in ticks.</param>
    /// <param name="jobs">
    /// The number of jobs so far: those that have ended or, for a key, those that have started.
    /// </param>
    /// <param name="pace">The current pace of the queue.</param>
    public void OnWasted(long age, long jobs, in QueuePace pace)
    {
        LastWasted = pace.Now;
        _ages.Add(age);
        if (_isTurning && pace.Now < _turnEnd)
            return;
        EndTurn(jobs);
        Forget(jobs);
        if (_wasted < 1)
        {
            // A new series of wasted jobs begins. The ages of the previous series, for example of a few impatient
            // clients, do not apply to it.
            _begin = jobs;
            _ages.Clear();
            _ages.Add(age);
        }
        _wasted++;
        if (_wasted > (MaxWastedShare + Tolerated(pace)) * WindowJobs)
            Cut(jobs, pace);
    }

    /// <summary>Called when a waiting job starts. Records whether its wait reached the limit.</summary>
    public void OnStarted(long waited)
    {
        if (waited >= Margin * _limit)
            _isReached = true;
    }

    /// <summary>
    /// Raises the limit for each full step of time since the last increase, if almost no jobs are wasted. Removes the
    /// limit when it reaches <paramref name="maxWait"/>. Does nothing during a turn.
    /// </summary>
    /// <param name="jobs">
    /// The number of jobs so far: those that have ended or, for a key, those that have started.
    /// </param>
    /// <param name="maxWait">The maximum wait of the queue, in ticks.</param>
    /// <param name="pace">The current pace of the queue.</param>
    public void Probe(long jobs, long maxWait, in QueuePace pace)
    {
        if (!IsActing || (_isTurning && pace.Now < _turnEnd))
            return;
        var step = Math.Max(1, pace.TicksPerSecond / StepsPerSecond);
        var steps = (pace.Now - _grownAt) / step;
        if (steps <= 0)
            return;
        EndTurn(jobs);
        _grownAt += steps * step;
        Forget(jobs);
        if (_wasted > (CalmShare + Tolerated(pace)) * WindowJobs)
            return;
        _futile = 0;
        var distance = ((_patience - pace.ServiceTicks) / _limit) - 1;
        _limit *= Math.Pow(
            1 + (SlowGrowth * (distance < 0 ? 1 : Math.Clamp(distance / (1 - Margin), NearGrowth, 1))), steps);
        if (_isReached && _limit > Beyond * _patience)
            _limit *= FastGrowth;
        _isReached = false;
        if (_limit >= maxWait)
            Lift();
    }

    private void Cut(long jobs, in QueuePace pace)
    {
        var patience = _patience = _ages.Quantile(LeavingQuantile);
        var ended = jobs - _begin;
        _futile = IsActing && ended < Futile * _jobsBeforeCut ? _futile + 1 : 0;
        if (_futile >= FutileCuts)
        {
            _tolerated = Tolerated(pace) + (_wasted / WindowJobs);
            _toleratedSince = pace.Now;
            Lift();
            Restart(jobs);
            return;
        }
        _jobsBeforeCut = ended;
        var longest = Math.Min(
            (Margin * patience) - pace.ServiceTicks, LongestSafe(patience - pace.ServiceTicks, pace.TicksPerJob));
        _limit = Math.Max(pace.TicksPerJob, Math.Min(longest, FurtherCut * _limit));
        _isTurning = true;
        _turnEnd = pace.Now + patience + (long)pace.ServiceTicks;
        _grownAt = _turnEnd;
        _isReached = false;
    }

    /// <summary>
    /// Returns the longest safe expected wait: the real wait exceeds <paramref name="available"/> only beyond three
    /// standard deviations. The result solves wait + 3 × √(wait × time per job) = <paramref name="available"/>.
    /// </summary>
    private static double LongestSafe(double available, double ticksPerJob)
    {
        if (available <= 0)
            return 0;
        var deviation = Deviations * Math.Sqrt(ticksPerJob);
        var root = (Math.Sqrt((deviation * deviation) + (4 * available)) - deviation) / 2;
        return root * root;
    }

    private void EndTurn(long jobs)
    {
        if (!_isTurning)
            return;
        _isTurning = false;
        Restart(jobs);
    }

    private void Restart(long jobs)
    {
        _wasted = 0;
        (_asOf, _begin) = (jobs, jobs);
    }

    private void Lift()
    {
        _limit = double.PositiveInfinity;
        _futile = 0;
    }

    /// <summary>Returns the tolerated share of wasted jobs, which shorter waits would not avoid.</summary>
    private double Tolerated(in QueuePace pace) => _tolerated == 0 ? 0
        : _tolerated * Math.Pow(0.5, (pace.Now - _toleratedSince) / (60.0 * pace.TicksPerSecond));

    private void Forget(long jobs)
    {
        if (jobs > _asOf)
            _wasted *= Math.Pow(1 - (1.0 / WindowJobs), jobs - _asOf);
        _asOf = Math.Max(_asOf, jobs);
    }
}
