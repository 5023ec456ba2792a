namespace QueueAdmission.Testing;

/// <summary>
/// Jobs of a test that hold workers or places of a queue. Disposing releases the workers and the places.
/// </summary>
/// <remarks>
/// If a waiting job gets a worker in the meantime, it holds the worker until this object is disposed.
/// </remarks>
public sealed class OccupiedQueue : IDisposable, IAsyncDisposable
{
    private readonly CancellationTokenSource _leave = new();
    private readonly List<Task<QueueLease>> _jobs = [];
    private Action? _afterwards;
    private int _hasLeft;

    internal OccupiedQueue(JobQueue queue) => Queue = queue;

    /// <summary>The queue that the jobs are in.</summary>
    public JobQueue Queue { get; }

    /// <summary>How many of the jobs hold a worker now.</summary>
    public int Running => _jobs.Count(IsRunning);

    /// <summary>How many of the jobs wait now.</summary>
    public int Waiting => _jobs.Count(job => !job.IsCompleted);

    /// <summary>
    /// Removes the waiting jobs from the queue, and releases the workers of the others. The workers and places are free
    /// when the call returns, except for the worker of a job that got it at that moment. That job releases the worker
    /// shortly afterwards, and <see cref="DisposeAsync"/> waits for it. Further calls do nothing.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) != 0)
        {
            return;
        }
        // Waiting jobs leave first. Otherwise they would get the workers that the others release.
        _leave.Cancel();
        _leave.Dispose();
        foreach (var job in _jobs)
        {
            if (IsRunning(job))
            {
                job.Result.Dispose();
            }
            else
            {
                // A job that was granted a worker just before it left releases the worker when it resumes.
                _ = ReleaseAsync(job);
            }
        }
        _afterwards?.Invoke();
    }

    /// <summary>Does the same as <see cref="Dispose"/>, and then waits until all jobs have ended.</summary>
    /// <returns>A task that ends with the last job.</returns>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        foreach (var job in _jobs)
        {
            await ReleaseAsync(job).ConfigureAwait(false);
        }
    }

    /// <summary>Adds a job that has a worker.</summary>
    internal void Add(QueueLease lease) => _jobs.Add(Task.FromResult(lease));

    /// <summary>Adds a job that waits if no worker is free.</summary>
    /// <returns>The job. It is complete if it got a worker or was refused at once.</returns>
    internal Task<QueueLease> Enter(in JobTraits traits)
    {
        var job = Queue.EnterAsync(traits, _leave.Token).AsTask();
        _jobs.Add(job);
        return job;
    }

    /// <summary>Sets the code that <see cref="Dispose"/> runs after the jobs have left.</summary>
    internal void Afterwards(Action action) => _afterwards = action;

    private static bool IsRunning(Task<QueueLease> job) => job.IsCompletedSuccessfully && job.Result.IsAdmitted;

    private static async Task ReleaseAsync(Task<QueueLease> job)
    {
        try
        {
            (await job.ConfigureAwait(false)).Dispose();
        }
        catch (OperationCanceledException)
        {
            // The job left while it waited, and has no worker.
        }
    }
}
