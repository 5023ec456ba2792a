using System.Runtime.CompilerServices;

namespace QueueAdmission;

// What the library itself uses of a queue. Each member goes to the part that owns it.
public sealed partial class JobQueue
{
    internal AdmissionEngine Engine => _engine;

    internal TimeProvider Time => _clock.Time;

    /// <summary>The settings in force. Never changed, only replaced.</summary>
    internal JobQueueOptions Settings => _engine.Settings;

    /// <summary>Where this queue's measurements go; null if the program has no meters.</summary>
    internal QueueMetrics? Metrics => _telemetry.Metrics;

    internal bool MeasuresLatency => _engine.MeasuresLatency;

    internal TimeSpan ToTimeSpan(long timestampTicks) => _clock.ToTimeSpan(timestampTicks);

    /// <summary>Takes a worker if one is free and no job waits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryAdmit() => _engine.TryAdmit();

    /// <summary>The same for a job. What weighs more, or has no time left, is for <see cref="Arrive(in JobTraits, bool, out Admission)"/>.</summary>
    internal bool TryAdmit(in JobTraits traits) => traits.Weight == 1 && !(traits.Deadline <= TimeSpan.Zero) && TryAdmit();

    /// <summary>See <see cref="AdmissionEngine.Arrive"/>.</summary>
    internal Waiter? Arrive(object? jobState, bool mayWait, out Admission admission, bool hasLeft = false, JobSource source = JobSource.Caller) =>
        _engine.Arrive(jobState, mayWait, out admission, hasLeft, source);

    /// <summary>The same for a job that brings traits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The job's weight is more than it could ever get.</exception>
    internal Waiter? Arrive(in JobTraits traits, bool mayWait, out Admission admission)
    {
        ThrowIfTooHeavy(traits);
        return Arrive(traits.JobState, mayWait, out admission);
    }

    internal void Abandon(Waiter waiter) => _engine.Abandon(waiter);

    internal void Release() => _engine.Release();

    internal void Release(JobRecord? held) => _engine.Release(held);

    internal void ReportLatency(long latency) => _engine.ReportLatency(latency);

    internal void ReportOverload() => _engine.ReportOverload();

    internal long ReadJobClock() => _telemetry.ReadJobClock();

    internal void RecordJobSince(long started) => _telemetry.RecordJobSince(started);

    /// <summary>Called once, before the queue is used.</summary>
    internal void ReportTo(QueueMetrics metrics) => _telemetry.ReportTo(metrics);

    /// <summary>Puts other settings in force, all of them.</summary>
    internal void Replace(JobQueueOptions settings)
    {
        lock (_updates)
        {
            ThrowIfChanging();
            PutInForce(settings);
        }
    }

    /// <summary>Sets an operator's number of workers in the place of the settings', or ends it.</summary>
    internal void SetWorkersOverride(int? workers) => _engine.SetOverride(workers);

    /// <summary>An operator's number of workers, if there is one, and the number that holds when it ends.</summary>
    internal (int? Override, int Beneath) ReadWorkersOverride() =>
        _engine.Read(0, static (in EngineView view, int _) => (view.Limit.Override, view.Limit.BeneathOverride));

    internal bool TrySetPaused(bool paused) => _engine.TrySetPaused(paused);

    internal void RefuseCallers() => _engine.RefuseCallers();

    /// <summary>Called once, before the queue is used, where a container owns it: then it knows which pushed jobs have not ended.</summary>
    internal void BelongToApplication() => _pushedJobs = new PushedJobs();

    /// <summary>Completes when every pushed job has ended.</summary>
    internal Task WhenPushedJobsEndAsync() => _pushedJobs?.WhenNoneIsOpenAsync() ?? Task.CompletedTask;

    /// <summary>The application ends: the handles of pushed jobs that run complete as <see cref="JobStatus.Unfinished"/>.</summary>
    /// <returns>The number of those jobs.</returns>
    internal int GiveUpPushedJobs() => _pushedJobs?.GiveUp() ?? 0;

    internal QueueFigures ReadFigures() => _engine.Read(0, static (in EngineView view, int _) => QueueReports.Figures(view));

    internal (int Free, int Waiting, long WorkersWanted) Look() => _engine.Read(0, static (in EngineView view, int _) => QueueReports.Demand(view));

    internal IReadOnlyList<WaitingView> ListWaiting(int max, out int total)
    {
        (var list, total) = _engine.Read(max, static (in EngineView view, int max) => (QueueReports.Waiting(view, max), view.Room.Count));
        return list;
    }

    internal int[] CountWaitingByPartition() => _engine.Read(0, static (in EngineView view, int _) => view.Room.Lines.CountByPartition());

    internal long CountRejected(RejectionReason reason) => _engine.CountRejected(reason);

    internal bool TryAwaitRefusal(Action<RejectionReason> callback, long known) => _engine.TryAwaitRefusal(callback, known);
}
