using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// A bounded queue in front of work that needs protection: at most <see cref="JobQueueOptions.Workers"/> jobs run at
/// once, the rest wait in bounded partitions, and what does not fit is refused at once.
/// </summary>
/// <remarks>
/// <para>A worker is the right to run a job, not a thread: the job runs in its caller's own asynchronous flow. A job
/// that ends hands its worker straight to the next one that waits. Nothing polls, and an idle queue does
/// nothing.</para>
/// <para>Three ways in, with the same limits and counts: <see cref="EnterAsync(CancellationToken)"/> gives a worker as
/// a lease, <see cref="RunAsync(Func{CancellationToken, Task}, CancellationToken)"/> runs a job and awaits its end,
/// <see cref="Push(Func{CancellationToken, Task}, CancellationToken)"/> returns at once with a handle.</para>
/// <para>All members are safe to call from many threads at once.</para>
/// </remarks>
public sealed partial class JobQueue : IDisposable
{
    /// <summary>The name of a queue that was given none.</summary>
    public const string DefaultName = "default";

    private readonly TimeProvider _time;

    // A callback of Update is running. Guarded by _updates.
    private bool _isChanging;

    /// <summary>Makes a queue.</summary>
    /// <param name="options">
    /// Its settings. They are copied: changing the object later changes nothing; use
    /// <see cref="Update(Action{JobQueueOptions})"/>.
    /// </param>
    /// <param name="timeProvider">The clock for waiting limits and measurements; the system's if null.</param>
    /// <param name="name">
    /// The name it goes by in snapshots, exceptions and answers: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>.
    /// </param>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="options"/> or <paramref name="name"/> is null.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a valid name.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// A setting is out of its range; there is one failure for each, naming it, its value and the range.
    /// </exception>
    public JobQueue(JobQueueOptions options, TimeProvider? timeProvider = null, string name = DefaultName)
        : this(options, timeProvider, name, KeyDealer.ProcessSalt)
    {
    }

    /// <param name="options">Its settings.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="name">The name.</param>
    /// <param name="keySalt">
    /// What decides which partitions a key is dealt: a secret of the process, but for who has to repeat a history.
    /// </param>
    internal JobQueue(JobQueueOptions options, TimeProvider? timeProvider, string name, ulong keySalt)
    {
        ArgumentNullException.ThrowIfNull(options);
        QueueName.ThrowIfInvalid(name);
        JobQueueOptionsValidator.ThrowIfInvalid(name, options);
        Name = name;
        _time = timeProvider ?? TimeProvider.System;
        _settings = options.Clone();
        TakeOverTimes(_settings);
        _keySalt = keySalt;
        _discipline = NewDiscipline();
        _drainRate = new DrainRate(_time.TimestampFrequency);
        _retries = new RetrySchedule(_time.TimestampFrequency);
        StartFollowing(_settings, anew: true);
        SwitchOverloadControlLocked();
        _word = (_settings.Workers * WorkerWord.FreeUnit) | (HasHold ? WorkerWord.Mark : 0);
        if (_settings.DryRun)
        {
            lock (_lock)
                SwitchDryRunLocked();
        }
    }

    /// <summary>The queue's name.</summary>
    public string Name { get; }

    /// <summary>Changes settings while the queue works: all of them in one step, or none.</summary>
    /// <remarks>
    /// <para>No waiting job is lost and no running job is interrupted. More workers or places take effect at once. With
    /// fewer, what stands above the new limit only falls. A new <see cref="JobQueueOptions.MaxWait"/> also holds for
    /// jobs that already wait, counted from their arrival. Another number of partitions deals the waiters out anew in
    /// the order of their arrival.</para>
    /// <para>Updates of one queue run one after the other, so <paramref name="change"/> must be short and must not wait
    /// for another thread. It may not change the settings of the same queue in another way: its own copy would undo
    /// that change.</para>
    /// </remarks>
    /// <param name="change">Sets the properties to change on a copy of the settings in force.</param>
    /// <exception cref="ArgumentNullException"><paramref name="change"/> is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// Called inside the callback of another update of this queue; the outer update goes on.
    /// </exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// A setting is out of its range; nothing was changed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Update(Action<JobQueueOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        // Two updates at once may not undo one another, and user code does not belong under the queue's own lock.
        lock (_updates)
        {
            ThrowIfChanging();
            var settings = _settings.Clone();
            _isChanging = true;
            try
            {
                change(settings);
            }
            finally
            {
                _isChanging = false;
            }
            // A copy: what the caller keeps of its own changes nothing later.
            PutInForce(settings.Clone());
        }
    }

    /// <summary>
    /// From now on newcomers wait and nobody starts. Running jobs go on. Waiting limits go on counting.
    /// </summary>
    public void Pause() => Hold(paused: true);

    /// <summary>
    /// Undoes <see cref="Pause"/> and <see cref="DrainAsync(CancellationToken)"/>. A drain that was still under way
    /// ends as cancelled.
    /// </summary>
    /// <remarks>What an application that stops refuses stays refused.</remarks>
    public void Resume() => Hold(paused: false);

    /// <summary>
    /// From now on newcomers are refused with <see cref="RejectionReason.Draining"/>; those who wait or run finish,
    /// also when the queue was paused.
    /// </summary>
    /// <param name="cancellationToken">Ends the awaiting, not the drain: only <see cref="Resume"/> undoes it.</param>
    /// <returns>
    /// A task that completes when the last job has ended, or is cancelled by <see cref="Resume"/> before that.
    /// </returns>
    public Task DrainAsync(CancellationToken cancellationToken = default) => DrainAsync(rejectWaiting: false, cancellationToken);

    /// <summary>From now on newcomers are refused with <see cref="RejectionReason.Draining"/>.</summary>
    /// <param name="rejectWaiting">
    /// Whether those who wait are refused at once as well, instead of having their turn.
    /// </param>
    /// <param name="cancellationToken">Ends the awaiting, not the drain: only <see cref="Resume"/> undoes it.</param>
    /// <returns>
    /// A task that completes when the last job has ended, or is cancelled by <see cref="Resume"/> before that.
    /// </returns>
    public Task DrainAsync(bool rejectWaiting, CancellationToken cancellationToken = default) => Drain(rejectWaiting).WaitAsync(cancellationToken);

    /// <summary>What the queue is doing right now.</summary>
    /// <returns>One consistent cut.</returns>
    public JobQueueSnapshot GetSnapshot() => TakeSnapshot();

    /// <summary>
    /// The same queue as a <see cref="RateLimiter"/>, for whatever takes one: Polly, HttpClient handlers,
    /// <c>UseRateLimiter</c>. One permit is one worker, so a lease of several permits is a job of that
    /// <see cref="JobTraits.Weight"/>.
    /// </summary>
    /// <remarks>
    /// Refused leases carry <see cref="MetadataName.RetryAfter"/> and <see cref="MetadataName.ReasonPhrase"/> (for
    /// example <c>queue_full</c>). As with <see cref="ConcurrencyLimiter"/>, 0 permits ask whether a worker is free, or
    /// wait until one is, and take none; more permits than the queue has <see cref="JobQueueOptions.Workers"/> throw;
    /// the oldest is served first, or the newest where <see cref="JobQueueOptions.Order"/> says so; and what the
    /// statistics call available and queued are permits. Disposing the limiter ends its own waiters and its leases to
    /// come, never the queue.
    /// </remarks>
    /// <returns>A new limiter on this queue, with statistics of its own.</returns>
    public RateLimiter AsRateLimiter() => new JobQueueRateLimiter(this, _time);

    /// <summary>
    /// Refuses waiting jobs, and all that come later, with <see cref="RejectionReason.Draining"/>. Running jobs finish.
    /// </summary>
    /// <remarks>
    /// It does not wait for running jobs. The handle of a pushed one completes with the job. The queue is not measured
    /// any more.
    /// </remarks>
    public void Dispose() => Close();

    internal TimeProvider Time => _time;

    /// <summary>The settings in force. Never changed, only replaced.</summary>
    internal JobQueueOptions Settings => Volatile.Read(ref _settings);

    /// <summary>
    /// Puts other settings in force, all of them. Where the queue finds its number of workers itself, they say where it
    /// starts, and it has started already.
    /// </summary>
    internal void Replace(JobQueueOptions settings)
    {
        lock (_updates)
        {
            ThrowIfChanging();
            settings = settings.Clone();
            if (settings.FindsWorkers && settings.Workers == _adaptive?.Start)
                settings.Workers = _settings.Workers;
            PutInForce(settings);
        }
    }

    /// <summary>
    /// The lock lets its own thread in again, and the callback's copy would undo what is changed meanwhile.
    /// </summary>
    private void ThrowIfChanging()
    {
        if (_isChanging)
        {
            throw new InvalidOperationException(
                $"The settings of queue '{Name}' are being changed by a callback of Update, which called Update again. Change all settings in one callback.");
        }
    }

    private void PutInForce(JobQueueOptions settings)
    {
        var startsAnew = settings.Workers != _settings.Workers;
        KeepFoundWorkers(settings);
        JobQueueOptionsValidator.ThrowIfInvalid(Name, settings);
        StartFollowing(settings, startsAnew);
        Apply(settings);
    }

    internal TimeSpan ToTimeSpan(long timestampTicks) => new((long)((double)timestampTicks * TimeSpan.TicksPerSecond / _time.TimestampFrequency));

    private long ToTimestampTicks(TimeSpan time) => time == Timeout.InfiniteTimeSpan
        ? long.MaxValue
        : (long)((double)time.Ticks * _time.TimestampFrequency / TimeSpan.TicksPerSecond);
}
