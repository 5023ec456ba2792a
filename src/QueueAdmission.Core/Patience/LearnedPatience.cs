namespace QueueAdmission;

/// <summary>
/// Learns from wasted jobs how long the clients of a queue, or those of one key, wait. A job is wasted if its client
/// left while the job held a worker.
/// </summary>
/// <remarks>
/// <para><b>Why wasted jobs alone.</b> A client that leaves while its request waits costs nothing: its place is free at
/// once. If few clients are impatient and the wait is long, those few leave from the line, and the others are served in
/// time. A rule that follows every client that leaves would refuse most clients because of those few.</para>
/// <para><b>The cut.</b> When more than 2 % of the last 512 jobs were wasted, the limit on the expected wait becomes
/// 0.9 × the 10 % quantile of the ages at which these clients left, minus the mean service time. So a job that starts
/// at the limit still ends before its client leaves. A real wait scatters around the expected one, by √n services for
/// n jobs ahead, so the limit also keeps three such deviations. A further cut lowers it by at least 5 %.</para>
/// <para><b>A full turn.</b> Those that wait at a cut were admitted before it. They go on being wasted until the last
/// of them has started or left. So nothing is counted for one age after a cut. Taking a cut back earlier made it worse
/// in simulations.</para>
/// <para><b>Probing.</b> While almost none are wasted, the limit grows by 0.05 % each 100 ms: slowly, because a limit
/// that is too high wastes a full turn. Within a tenth of the age at which clients left, it grows in proportion to the
/// distance. Beyond that age it grows by 1 %, provided that jobs really wait that long. So the queue follows clients
/// that become more patient. At the queue's MaxWait the limit is forgotten.</para>
/// <para><b>Other causes.</b> Some clients leave at random, however short the wait is. No limit helps against that. If
/// three cuts in a row do not lower the waste by a fifth, its share is tolerated: the limit is lifted, and only a share
/// that is larger by 2 % counts. The tolerated share halves every minute.</para>
/// <para>Guarded by the queue's lock. It takes no timestamps of its own.</para>
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

    // An exponentially weighted count over the last WindowJobs jobs, as of the number of jobs in _asOf.
    private double _wasted;
    private long _asOf;
    private LeavingAges _ages;
    private long _patience;
    private double _limit = double.PositiveInfinity;
    private long _turnEnd;
    private bool _isTurning;
    private long _grownAt;
    private bool _isReached;

    // How many jobs it took to count that many wasted ones. It tells how large the share is.
    private long _begin;
    private long _jobsBeforeCut;
    private int _futile;
    private double _tolerated;
    private long _toleratedSince;

    /// <summary>Whether newcomers that would wait too long are refused.</summary>
    public bool IsActing => !double.IsPositiveInfinity(_limit);

    /// <summary>The longest expected wait with which a newcomer is taken; infinite while there is no limit.</summary>
    public double Limit => _limit;

    /// <summary>
    /// How long clients wait, in ticks: the age at which one tenth of the clients of wasted jobs had left. It is 0
    /// while no job was wasted.
    /// </summary>
    public long Patience => _patience > 0 ? _patience : _ages.Quantile(LeavingQuantile);

    /// <summary>When the last wasted job was seen.</summary>
    public long LastWasted { get; private set; }

    /// <summary>
    /// Called when the client of a job has left while the job held a worker, after a wait of at least a mean service
    /// time.
    /// </summary>
    /// <param name="age">The age of the request when its client left.</param>
    /// <param name="jobs">How many jobs have ended so far.</param>
    /// <param name="pace">How fast the queue works.</param>
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
            // A new series. What ended the former one, such as a few impatient clients, says nothing about it.
            _begin = jobs;
            _ages.Clear();
            _ages.Add(age);
        }
        _wasted++;
        if (_wasted > (MaxWastedShare + Tolerated(pace)) * WindowJobs)
            Cut(jobs, pace);
    }

    /// <summary>Called when a job starts that has waited.</summary>
    public void OnStarted(long waited)
    {
        if (waited >= Margin * _limit)
            _isReached = true;
    }

    /// <summary>Lets the limit grow for the time that has passed.</summary>
    /// <param name="jobs">How many jobs have ended so far.</param>
    /// <param name="maxWait">The maximum wait of the queue.</param>
    /// <param name="pace">How fast the queue works.</param>
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
    /// The longest expected wait that is safe: the real wait exceeds <paramref name="available"/> only beyond three
    /// standard deviations. It is the solution of wait + 3 × √(wait × time per job) = <paramref name="available"/>.
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

    /// <summary>The share of wasted jobs that a shorter wait would not avoid.</summary>
    private double Tolerated(in QueuePace pace) => _tolerated == 0 ? 0
        : _tolerated * Math.Pow(0.5, (pace.Now - _toleratedSince) / (60.0 * pace.TicksPerSecond));

    private void Forget(long jobs)
    {
        if (jobs > _asOf)
            _wasted *= Math.Pow(1 - (1.0 / WindowJobs), jobs - _asOf);
        _asOf = Math.Max(_asOf, jobs);
    }
}
