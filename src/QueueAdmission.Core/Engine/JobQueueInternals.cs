using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>
/// The members of a queue that only the library uses. Each of them calls the part of the engine that implements it.
/// </summary>
internal static class JobQueueInternals
{
    extension(JobQueue queue)
    {
        internal TimeProvider Time => queue.Engine.Clock.Time;

        /// <summary>The settings in force. This object is never changed, only replaced.</summary>
        internal JobQueueOptions Settings => queue.Engine.Settings;

        /// <summary>The receiver of this queue's measurements. Null if the program has no meters.</summary>
        internal QueueMetrics? Metrics => queue.Engine.Telemetry.Metrics;

        internal TimeSpan ToTimeSpan(long timestampTicks) => queue.Engine.Clock.ToTimeSpan(timestampTicks);

        /// <summary>Takes a worker if one is free and no job waits.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal bool TryAdmit() => queue.Engine.TryAdmit();

        /// <summary>
        /// Takes a worker for a job with traits, if one is free and no job waits. Always returns false for a job that
        /// needs several workers, or whose deadline has passed.
        /// </summary>
        internal bool TryAdmit(in JobTraits traits) =>
            traits.Weight == 1 && !(traits.Deadline <= TimeSpan.Zero) && queue.Engine.TryAdmit();

        /// <summary>See <see cref="AdmissionEngine.Arrive"/>.</summary>
        internal Waiter? Arrive(
            object? jobState,
            bool mayWait,
            out Admission admission,
            bool hasLeft = false,
            JobSource source = JobSource.Caller) =>
            queue.Engine.Arrive(jobState, new Newcomer(mayWait, hasLeft, source), out admission);

        /// <summary>Decides about a job with traits: see <see cref="AdmissionEngine.Arrive"/>.</summary>
        /// <exception cref="ArgumentOutOfRangeException">
        /// The weight exceeds the number of workers that the job could ever get.
        /// </exception>
        internal Waiter? Arrive(in JobTraits traits, bool mayWait, out Admission admission)
        {
            traits.ThrowIfTooHeavy(queue);
            return queue.Arrive(traits.JobState, mayWait, out admission);
        }

        /// <summary>Enters the queue for a job that found no free worker without the lock.</summary>
        internal ValueTask<QueueLease> EnterSlowly(object? jobState, CancellationToken cancellationToken)
        {
            var waiter = queue.Arrive(jobState, mayWait: true, out var admission);
            if (waiter is null)
                return new ValueTask<QueueLease>(QueueLease.From(queue.Engine, admission));
            waiter.LeaveOn(cancellationToken);
            return waiter.LeftOnArrival
                ? ValueTask.FromCanceled<QueueLease>(cancellationToken)
                : new ValueTask<QueueLease>(waiter, waiter.Version);
        }

        internal void Abandon(Waiter waiter) => queue.Engine.Abandon(waiter);

        internal void Release() => queue.Engine.Release();

        internal void Release(JobRecord? held) => queue.Engine.Release(held);

        internal void ReportWasted(string? key, long waited, long age) =>
            queue.Engine.Feedback.ReportWasted(key, waited, age);

        internal void ReportOverload() => queue.Engine.Feedback.ReportOverload();

        /// <summary>Sets the receiver of the queue's measurements. Called once, before the queue is used.</summary>
        internal void ReportTo(QueueMetrics metrics) => queue.Engine.Telemetry.ReportTo(metrics);

        /// <summary>
        /// Sets an operator's number of workers, which overrides the number in the settings. Null ends the override.
        /// </summary>
        internal void SetWorkersOverride(int? workers) => queue.Engine.Control.SetOverride(workers);

        /// <summary>
        /// Returns an operator's number of workers, if there is one, and the number that applies when the override
        /// ends.
        /// </summary>
        internal (int? Override, int Underlying) ReadWorkersOverride() =>
            queue.Engine.Read(
                0, static (in EngineView view, int _) => (view.Limit.Override, view.Limit.WithoutOverride));

        internal bool TrySetPaused(bool paused) => queue.Engine.Control.TrySetPaused(paused);

        internal void RefuseCallers() => queue.Engine.Control.RefuseCallers();

        /// <summary>Returns a task that completes when every pushed job has ended.</summary>
        internal Task WhenPushedJobsEndAsync() => queue.PushedJobs?.WhenNoneIsOpenAsync() ?? Task.CompletedTask;

        /// <summary>
        /// Completes the handles of running pushed jobs with <see cref="JobStatus.Unfinished"/>. Called when the
        /// application gives up waiting for them.
        /// </summary>
        /// <returns>The number of those jobs.</returns>
        internal int GiveUpPushedJobs() => queue.PushedJobs?.GiveUp() ?? 0;

        internal QueueFigures ReadFigures() =>
            queue.Engine.Read(0, static (in EngineView view, int _) => QueueReports.Figures(view));

        internal (int Free, int Waiting, long WorkersWanted) Look() =>
            queue.Engine.Read(0, static (in EngineView view, int _) => QueueReports.Demand(view));

        /// <summary>
        /// Whether the queue was created only by default, no endpoint names it, and no job has arrived.
        /// </summary>
        internal bool IsUnused =>
            queue.MayBeUnused && queue.ReadFigures() is { Running: 0, Waiting: 0, Ran: 0, Rejected: 0, Abandoned: 0 };

        /// <summary>
        /// Returns the snapshot, the jobs that have waited longest and the keys with the most jobs, all from the same
        /// moment.
        /// </summary>
        internal QueueCut GetCut(int maxWaiting, int maxKeys) => queue.Engine.Read(
            (queue.Name, Waiting: maxWaiting, Keys: maxKeys),
            static (in EngineView view, (string Name, int Waiting, int Keys) wanted) =>
                QueueReports.Cut(view, wanted.Name, wanted.Waiting, wanted.Keys));

        internal IReadOnlyList<WaitingView> ListWaiting(int max, out int total)
        {
            (var list, total) = queue.Engine.Read(
                max, static (in EngineView view, int max) => (QueueReports.Waiting(view, max), view.Room.Count));
            return list;
        }

        internal int[] CountWaitingByPartition() =>
            queue.Engine.Read(0, static (in EngineView view, int _) => view.Room.Lines.CountByPartition());

        internal long CountRejected(RejectionReason reason) => queue.Engine.Control.CountRejected(reason);

        internal bool TryAwaitRefusal(Action<RejectionReason> callback, long known) =>
            queue.Engine.Control.TryAwaitRefusal(callback, known);
    }
}
