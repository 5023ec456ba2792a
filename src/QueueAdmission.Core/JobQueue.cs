namespace QueueAdmission;

/// <summary>
/// A bounded queue in front of work that needs protection. At most <see cref="JobQueueOptions.Workers"/> jobs run at
/// once. Further jobs wait in bounded partitions. A job that finds no place is refused at once.
/// </summary>
/// <remarks>
/// <para>A worker is the right to run a job, not a thread: the job runs in its caller's own asynchronous flow. When a
/// job ends, its worker passes directly to the next waiting job. The queue does not poll, and an idle queue uses no CPU
/// time.</para>
/// <para>There are three ways to enter, with the same limits and counts. <see cref="EnterAsync(CancellationToken)"/>
/// returns a worker as a lease. <see cref="RunAsync(Func{CancellationToken, Task}, CancellationToken)"/> runs a job and
/// awaits its end. <see cref="Push(Func{CancellationToken, Task}, CancellationToken)"/> returns a handle of the job at
/// once.</para>
/// <para>All members are thread-safe.</para>
/// </remarks>
public sealed partial class JobQueue : IDisposable
{
    /// <summary>The name of a queue that is created without a name.</summary>
    public const string DefaultName = "default";

    private readonly AdmissionEngine _engine;
    private FreeWorkerProbes? _probes;
    private SharedLease? _lease;

    /// <summary>Creates a queue.</summary>
    /// <param name="options">
    /// The settings. The queue copies them, so a later change of this object has no effect. To change settings, use
    /// <see cref="Update(Action{JobQueueOptions})"/>.
    /// </param>
    /// <param name="timeProvider">
    /// The clock for waiting limits and measurements. If null, the system's clock is used.
    /// </param>
    /// <param name="name">
    /// The name of the queue in snapshots, exceptions and answers: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>.
    /// </param>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="options"/> or <paramref name="name"/> is null.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a valid name.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// At least one setting is out of its range. The exception has one failure for each such setting, with its name,
    /// its value and the range.
    /// </exception>
    public JobQueue(JobQueueOptions options, TimeProvider? timeProvider = null, string name = DefaultName)
        : this(options, timeProvider, name, KeyDealer.ProcessSalt)
    {
    }

    // The salt decides which partitions a key is assigned to. It is normally a secret of the process. A fixed salt
    // makes a run repeatable.
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
    /// Whether the queue was created only by default, and no endpoint names it. Such a queue is not shown before its
    /// first job.
    /// </summary>
    internal bool MayBeUnused { get; set; }

    internal SettingsUpdates Updates { get; }

    /// <summary>The pushed jobs that have not ended. Null if no service container owns the queue.</summary>
    internal PushedJobs? PushedJobs { get; private set; }

    /// <summary>
    /// Changes settings while the queue is in use. All changes take effect in one step, or none does.
    /// </summary>
    /// <remarks>
    /// <para>No waiting job is lost and no running job is interrupted. Additional workers or places take effect at
    /// once. If a limit is lowered, jobs above it keep their workers or places. New jobs get some only after the number
    /// of jobs has fallen below the limit. A new <see cref="JobQueueOptions.MaxWait"/> also applies to jobs that
    /// already wait, counted from their arrival. If the number of partitions changes, the waiting jobs are distributed
    /// again, in the order of their arrival.</para>
    /// <para>Updates of one queue run one after the other, so <paramref name="change"/> must be short and must not wait
    /// for another thread. It must not start another update of the same queue: its own copy would undo the inner
    /// change.</para>
    /// </remarks>
    /// <param name="change">
    /// Changes properties of the copy that it receives. The copy has the settings in force.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="change"/> is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// The method was called inside the callback of another update of this queue. If that callback handles the
    /// exception, the outer update continues.
    /// </exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// A setting is out of its range. No setting was changed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Update(Action<JobQueueOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        Updates.Update(change);
    }

    /// <summary>
    /// Pauses the queue: new jobs wait, and no waiting job starts. Running jobs continue.
    /// <see cref="JobQueueOptions.MaxWait"/> and deadlines still apply.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Pause() => _engine.Control.Pause();

    /// <summary>
    /// Undoes <see cref="Pause"/> and <see cref="DrainAsync(CancellationToken)"/>. The task of an unfinished drain is
    /// cancelled.
    /// </summary>
    /// <remarks>While the application stops, callers are refused even after this call.</remarks>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Resume() => _engine.Control.Resume();

    /// <summary>
    /// Drains the queue: new jobs are refused with <see cref="RejectionReason.Draining"/>. Waiting and running jobs
    /// finish. If the queue is paused, the pause ends.
    /// </summary>
    /// <param name="cancellationToken">
    /// Cancels the returned task. The drain continues: only <see cref="Resume"/> undoes it.
    /// </param>
    /// <returns>
    /// A task that completes when the last job has ended. <see cref="Resume"/> cancels it if it is not yet complete.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public Task DrainAsync(CancellationToken cancellationToken = default) =>
        DrainAsync(rejectWaiting: false, cancellationToken);

    /// <summary>Drains the queue: new jobs are refused with <see cref="RejectionReason.Draining"/>.</summary>
    /// <param name="rejectWaiting">Whether waiting jobs are refused as well. If false, they get their turn.</param>
    /// <param name="cancellationToken">
    /// Cancels the returned task. The drain continues: only <see cref="Resume"/> undoes it.
    /// </param>
    /// <returns>
    /// A task that completes when the last job has ended. <see cref="Resume"/> cancels it if it is not yet complete.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public Task DrainAsync(bool rejectWaiting, CancellationToken cancellationToken = default) =>
        _engine.Control.Drain(rejectWaiting).WaitAsync(cancellationToken);

    /// <summary>Occurs after the settings have been changed.</summary>
    /// <remarks>
    /// The event is raised on the thread that changes the settings, and the change waits for its handlers. A handler
    /// must be fast, and must not change settings of the queue. Exceptions of handlers are ignored.
    /// </remarks>
    public event Action<JobQueue>? SettingsChanged
    {
        add => Updates.OnChanged += value;
        remove => Updates.OnChanged -= value;
    }

    /// <summary>
    /// The lease under which the jobs of the queue run. A package that shares queues between processes sets it. Null if
    /// the queue is not shared, or has not received a lease yet.
    /// </summary>
    public SharedLease? Lease
    {
        get => Volatile.Read(ref _lease);
        set => Volatile.Write(ref _lease, value);
    }

    /// <summary>Occurs when a job has to wait. Meant for code that can get more workers for the queue.</summary>
    /// <remarks>
    /// The event is raised in the asynchronous flow of the job, after the job has got its place. A handler must be
    /// fast, and should only wake another thread. Exceptions of handlers are ignored. While no job has to wait, the
    /// event costs nothing.
    /// </remarks>
    public event Action<JobQueue>? JobWaiting
    {
        add => _engine.Telemetry.JobWaiting += value;
        remove => _engine.Telemetry.JobWaiting -= value;
    }

    /// <summary>Returns the current load and demand of the queue, without allocating memory.</summary>
    /// <returns>A consistent snapshot.</returns>
    public QueueDemand ReadDemand() =>
        _engine.Read(0, static (in EngineView view, int _) => QueueReports.ReadDemand(view));

    /// <summary>Returns the current state and counts of the queue.</summary>
    /// <returns>A consistent snapshot.</returns>
    public JobQueueSnapshot GetSnapshot() => _engine.Read(Name, QueueReports.Snapshot);

    /// <summary>
    /// Closes the queue: refuses all waiting and all later jobs with <see cref="RejectionReason.Draining"/>. Running
    /// jobs finish.
    /// </summary>
    /// <remarks>
    /// The method does not wait for running jobs. The handle of a running pushed job completes when the job ends.
    /// Metrics no longer report the queue.
    /// </remarks>
    public void Dispose()
    {
        if (_engine.Control.Close())
            _engine.Telemetry.Metrics?.Remove(this);
    }

    /// <summary>
    /// The callers of the queue's rate limiters that wait for a free worker without taking it (leases of 0 permits).
    /// All rate limiters of the queue share this object.
    /// </summary>
    internal FreeWorkerProbes Probes =>
        LazyInitializer.EnsureInitialized(ref _probes, () => new FreeWorkerProbes(_engine));

    /// <summary>
    /// Called once, before use, if a service container owns the queue. From then on the queue keeps a list of its
    /// pushed jobs. An update that sets a setting which the application has not registered fails.
    /// </summary>
    internal void BelongToApplication(IReadOnlyCollection<QueueSetting> registered)
    {
        PushedJobs = new PushedJobs();
        Updates.Registered = registered;
    }
}
