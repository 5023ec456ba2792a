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
/// a lease, <see cref="RunAsync(Func{CancellationToken, Task}, CancellationToken)"/> runs a job and awaits its end, and
/// <see cref="Push(Func{CancellationToken, Task}, CancellationToken)"/> returns at once with a handle.</para>
/// <para>All members are safe to call from many threads at once.</para>
/// </remarks>
public sealed partial class JobQueue : IDisposable
{
    /// <summary>The name of a queue that is created without a name.</summary>
    public const string DefaultName = "default";

    private readonly AdmissionEngine _engine;
    private FreeWorkerProbes? _probes;
    private SharedLease? _lease;

    /// <summary>Makes a queue.</summary>
    /// <param name="options">
    /// The settings. The queue copies them, so a later change of the object has no effect. Use
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
    /// A setting is out of its range. There is one failure for each, with its name, its value and the range.
    /// </exception>
    public JobQueue(JobQueueOptions options, TimeProvider? timeProvider = null, string name = DefaultName)
        : this(options, timeProvider, name, KeyDealer.ProcessSalt)
    {
    }

    // The salt decides which partitions a key is dealt. It is a secret of the process, except to repeat a history.
    internal JobQueue(JobQueueOptions options, TimeProvider? timeProvider, string name, ulong keySalt)
    {
        ArgumentNullException.ThrowIfNull(options);
        QueueName.ThrowIfInvalid(name);
        JobQueueOptionsValidator.ThrowIfInvalid(name, options);
        Name = name;
        var clock = new QueueClock(timeProvider ?? TimeProvider.System);
        _engine = new AdmissionEngine(options.Clone(), clock, new QueueTelemetry(this), keySalt);
        Updates = new SettingsUpdates(_engine, name);
    }

    /// <summary>The queue's name.</summary>
    public string Name { get; }

    internal AdmissionEngine Engine => _engine;

    /// <summary>
    /// Whether the queue exists without having been asked for, and no endpoint names it. Such a queue is not shown
    /// before its first job.
    /// </summary>
    internal bool MayBeUnused { get; set; }

    internal SettingsUpdates Updates { get; }

    /// <summary>The pushed jobs that have not ended; null if no container owns the queue.</summary>
    internal PushedJobs? PushedJobs { get; private set; }

    /// <summary>Changes settings while the queue works: all of them in one step, or none.</summary>
    /// <remarks>
    /// <para>No waiting job is lost and no running job is interrupted. More workers or places take effect at once. With
    /// fewer, what stands above the new limit only falls. A new <see cref="JobQueueOptions.MaxWait"/> also holds for
    /// jobs that already wait, counted from their arrival. Another number of partitions deals the waiters out again in
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
        Updates.Update(change);
    }

    /// <summary>
    /// From now on newcomers wait and no waiter starts. Running jobs go on. Waiting limits go on counting.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Pause() => _engine.Control.Pause();

    /// <summary>
    /// Undoes <see cref="Pause"/> and <see cref="DrainAsync(CancellationToken)"/>. A drain that was still under way
    /// ends as cancelled.
    /// </summary>
    /// <remarks>When the application is stopping, callers are still refused.</remarks>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Resume() => _engine.Control.Resume();

    /// <summary>
    /// From now on newcomers are refused with <see cref="RejectionReason.Draining"/>. Jobs that wait or run finish,
    /// also when the queue was paused.
    /// </summary>
    /// <param name="cancellationToken">Ends the awaiting, not the drain: only <see cref="Resume"/> undoes it.</param>
    /// <returns>
    /// A task that completes when the last job has ended, or is cancelled by <see cref="Resume"/> before that.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public Task DrainAsync(CancellationToken cancellationToken = default) =>
        DrainAsync(rejectWaiting: false, cancellationToken);

    /// <summary>From now on newcomers are refused with <see cref="RejectionReason.Draining"/>.</summary>
    /// <param name="rejectWaiting">
    /// Whether waiting jobs are refused at once as well, instead of having their turn.
    /// </param>
    /// <param name="cancellationToken">Ends the awaiting, not the drain: only <see cref="Resume"/> undoes it.</param>
    /// <returns>
    /// A task that completes when the last job has ended, or is cancelled by <see cref="Resume"/> before that.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public Task DrainAsync(bool rejectWaiting, CancellationToken cancellationToken = default) =>
        _engine.Control.Drain(rejectWaiting).WaitAsync(cancellationToken);

    /// <summary>Raised when other settings are in force.</summary>
    /// <remarks>
    /// It is raised by the code that changes the settings, which waits for it. So a handler has to be fast, and may not
    /// change settings of the queue. What it throws is dropped.
    /// </remarks>
    public event Action<JobQueue>? SettingsChanged
    {
        add => Updates.OnChanged += value;
        remove => Updates.OnChanged -= value;
    }

    /// <summary>
    /// The lease that the jobs of the queue run under. Null if the queue has none: it is not shared with other
    /// processes, or has never got a lease. A package that shares queues sets it.
    /// </summary>
    public SharedLease? Lease
    {
        get => Volatile.Read(ref _lease);
        set => Volatile.Write(ref _lease, value);
    }

    /// <summary>Raised when a job has to wait. For code that can get the queue more workers.</summary>
    /// <remarks>
    /// It is raised in the flow of the job, after the job has its place. So a handler has to be fast, and should only
    /// wake another thread. What it throws is dropped. While workers suffice, the event costs nothing.
    /// </remarks>
    public event Action<JobQueue>? JobWaiting
    {
        add => _engine.Telemetry.JobWaiting += value;
        remove => _engine.Telemetry.JobWaiting -= value;
    }

    /// <summary>Returns what the jobs of the queue need at this moment. It allocates nothing.</summary>
    /// <returns>One consistent cut.</returns>
    public QueueDemand ReadDemand() =>
        _engine.Read(0, static (in EngineView view, int _) => QueueReports.ReadDemand(view));

    /// <summary>Returns the state and the counts of the queue at this moment.</summary>
    /// <returns>One consistent cut.</returns>
    public JobQueueSnapshot GetSnapshot() => _engine.Read(Name, QueueReports.Snapshot);

    /// <summary>
    /// Refuses waiting jobs, and all that come later, with <see cref="RejectionReason.Draining"/>. Running jobs finish.
    /// </summary>
    /// <remarks>
    /// It does not wait for running jobs. The handle of a pushed job completes when the job ends. Metrics no longer
    /// report the queue.
    /// </remarks>
    public void Dispose()
    {
        if (_engine.Control.Close())
            _engine.Telemetry.Metrics?.Remove(this);
    }

    /// <summary>The 0-permit probes of the queue's rate limiters. There is one object for all of them.</summary>
    internal FreeWorkerProbes Probes =>
        LazyInitializer.EnsureInitialized(ref _probes, () => new FreeWorkerProbes(_engine));

    /// <summary>
    /// Called once, before use, if a container owns the queue. Then it tracks its pushed jobs, and a change may not
    /// give it a setting that the application has not registered.
    /// </summary>
    internal void BelongToApplication(IReadOnlyCollection<QueueSetting> registered)
    {
        PushedJobs = new PushedJobs();
        Updates.Registered = registered;
    }
}
