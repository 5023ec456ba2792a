using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>A pushed job: await it for its outcome.</summary>
public sealed class JobHandle
{
    internal static readonly JobOutcome RanOutcome = new(JobStatus.Ran);
    internal static readonly JobOutcome CancelledOutcome = new(JobStatus.Cancelled);
    internal static readonly JobOutcome UnfinishedOutcome = new(JobStatus.Unfinished);
    internal static readonly JobHandle Cancelled = new(Task.FromResult(CancelledOutcome));

    internal JobHandle(Task<JobOutcome> completion) => Completion = completion;

    /// <summary>
    /// Completes with the job's outcome. It never faults and is never cancelled: what the job threw is in
    /// <see cref="JobOutcome.Exception"/>.
    /// </summary>
    /// <remarks>
    /// The handle of a job in a queue of the dependency injection container also completes when the application ends
    /// before the job: see <see cref="JobStatus.Unfinished"/>.
    /// </remarks>
    public Task<JobOutcome> Completion { get; }

    /// <summary>Makes the handle awaitable: <c>var outcome = await queue.Push(job);</c></summary>
    /// <returns>The awaiter of <see cref="Completion"/>.</returns>
    public TaskAwaiter<JobOutcome> GetAwaiter() => Completion.GetAwaiter();
}
