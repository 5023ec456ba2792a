namespace QueueAdmission;

/// <summary>Bounds the workers of a queue by further numbers, such as the lease of a cluster.</summary>
public static class WorkerCapExtensions
{
    /// <summary>
    /// Bounds the workers by one more number, next to the settings. The smallest of all such numbers is in force.
    /// </summary>
    /// <remarks>
    /// For code that divides workers between processes, or follows the state of a backend. The settings keep their
    /// <see cref="JobQueueOptions.Workers"/>. A lower number interrupts no job. With 0
    /// no job starts, and jobs wait as long as they may. The caps in force are in
    /// <see cref="JobQueueSnapshot.WorkerCaps"/>.
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="name">
    /// The name of the cap, for example <c>lease</c>. A cap of the same name is replaced. Compared with case.
    /// </param>
    /// <param name="workers">The number; range 0 to 100,000.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="name"/> is empty, or is <c>settings</c>, <c>adaptive</c> or <c>override</c>, which are the
    /// queue's own.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public static void SetWorkerCap(this JobQueue queue, string name, int workers)
    {
        ArgumentNullException.ThrowIfNull(queue);
        WorkerLimit.ThrowIfNotACap(name);
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, JobQueueOptions.WorkersLimit);
        queue.Engine.Control.SetCap(name, workers);
    }

    /// <summary>
    /// Bounds the workers by one more number that holds until a moment only. From then on another number holds.
    /// </summary>
    /// <remarks>
    /// For leases. The end is judged whenever a job would start, not by a timer: no job starts on the earlier number
    /// after the end, also if the process was frozen meanwhile. Jobs that run are not interrupted. Each job that starts
    /// costs a look at both clocks. A job that weighs more than the number waits until the number suffices.
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="name">The name of the cap. A cap of the same name is replaced. Compared with case.</param>
    /// <param name="workers">The number; range 0 to 100,000.</param>
    /// <param name="end">
    /// The moment on the clocks of the queue's <see cref="TimeProvider"/>, and the number from then on.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <see cref="SetWorkerCap(JobQueue, string, int)"/> does not accept the name.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">One of the numbers is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public static void SetWorkerCap(this JobQueue queue, string name, int workers, WorkerCapEnd end)
    {
        ArgumentNullException.ThrowIfNull(queue);
        WorkerLimit.ThrowIfNotACap(name);
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, JobQueueOptions.WorkersLimit);
        ArgumentOutOfRangeException.ThrowIfNegative(end.WorkersAfterwards, nameof(end));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            end.WorkersAfterwards, JobQueueOptions.WorkersLimit, nameof(end));
        queue.Engine.Control.SetCap(name, workers, end);
    }

    /// <summary>
    /// Removes a cap that <see cref="SetWorkerCap(JobQueue, string, int)"/> has set. Does nothing if there is none of
    /// this name.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="name">The name of the cap.</param>
    /// <exception cref="ArgumentException"><see cref="SetWorkerCap(JobQueue, string, int)"/> does not accept the
    /// name.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public static void RemoveWorkerCap(this JobQueue queue, string name)
    {
        ArgumentNullException.ThrowIfNull(queue);
        WorkerLimit.ThrowIfNotACap(name);
        queue.Engine.Control.SetCap(name, workers: null);
    }
}
