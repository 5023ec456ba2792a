namespace QueueAdmission;

/// <summary>
/// Adds upper limits (caps) on the workers of a queue, such as the part that a cluster assigns to this process.
/// </summary>
public static class WorkerCapExtensions
{
    /// <summary>
    /// Sets a named upper limit (a cap) on the workers, in addition to the settings. The smallest of all caps is in
    /// force.
    /// </summary>
    /// <remarks>
    /// Meant for code that divides workers between processes, or follows the state of a backend.
    /// <see cref="JobQueueOptions.Workers"/> does not change. A lower cap interrupts no running job. With a cap of 0,
    /// no job starts, and jobs wait as long as their limits allow. <see cref="JobQueueSnapshot.WorkerCaps"/> lists the
    /// caps.
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="name">
    /// The name of the cap, for example <c>lease</c>. A cap of the same name is replaced. Names are case-sensitive.
    /// </param>
    /// <param name="workers">The maximum number of workers; range 0 to 100,000.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="name"/> is empty or white space, or is <c>settings</c>, <c>adaptive</c> or <c>override</c>.
    /// These three names are reserved for the queue.
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

    /// <summary>Sets a cap on the workers that changes to another number at a given time.</summary>
    /// <remarks>
    /// <para>Meant for leases. The queue checks the time whenever a job is about to start, and does not rely on a
    /// timer. So after that time no job starts on the earlier number, even if the process was frozen meanwhile. Running
    /// jobs are not interrupted.</para>
    /// <para>While such a cap is set, starting a job reads both clocks. On the system's clock they are read at most
    /// once in about 4 ms (Linux) or 16 ms (Windows). A job whose weight exceeds the cap waits until the cap
    /// suffices.</para>
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="name">The name of the cap. A cap of the same name is replaced. Names are case-sensitive.</param>
    /// <param name="workers">The maximum number of workers; range 0 to 100,000.</param>
    /// <param name="end">
    /// The time on the clocks of the queue's <see cref="TimeProvider"/>, and the number of workers from then on.
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
    /// Removes a cap that <see cref="SetWorkerCap(JobQueue, string, int)"/> has set. Does nothing if there is no cap of
    /// this name.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="name">The name of the cap.</param>
    /// <exception cref="ArgumentException">
    /// <see cref="SetWorkerCap(JobQueue, string, int)"/> does not accept the name.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public static void RemoveWorkerCap(this JobQueue queue, string name)
    {
        ArgumentNullException.ThrowIfNull(queue);
        WorkerLimit.ThrowIfNotACap(name);
        queue.Engine.Control.SetCap(name, workers: null);
    }
}
