using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>The handle of a pushed job. Await the handle to get the outcome of the job.</summary>
public sealed class JobHandle
{
    internal static readonly JobOutcome RanOutcome = new(JobStatus.Ran);
    internal static readonly JobOutcome CancelledOutcome = new(JobStatus.Cancelled);
    internal static readonly JobOutcome UnfinishedOutcome = new(JobStatus.Unfinished);
    internal static readonly JobHandle Cancelled = new(Task.FromResult(CancelledOutcome));

    internal JobHandle(Task<JobOutcome> completion) => Completion = completion;

    /// <summary>
    /// A task that completes with the job's outcome. The task never faults and is never cancelled. An exception of the
    /// job is in <see cref="JobOutcome.Exception"/>.
    /// </summary>
    /// <remarks>
    /// If the queue belongs to a dependency injection container, the task also completes if the application ends before
    /// the job: see <see cref="JobStatus.Unfinished"/>.
    /// </remarks>
    public Task<JobOutcome> Completion { get; }

    /// <summary>
    /// Returns an awaiter, so that the handle can be awaited: <c>var outcome = await queue.Push(job);</c>
    /// </summary>
    /// <returns>The awaiter of <see cref="Completion"/>.</returns>
    public TaskAwaiter<JobOutcome> GetAwaiter() => Completion.GetAwaiter();
}
