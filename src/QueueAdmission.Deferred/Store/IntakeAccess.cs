using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>
/// Calls the component that makes accepted jobs durable: the store, or a separate intake in front of it. It opens this
/// component once, measures its calls, and logs each outage once.
/// </summary>
/// <remarks>
/// With a separate intake, jobs are accepted even while the store is unreachable. The keys must already be known for
/// this, so the store must have been opened once.
/// </remarks>
internal sealed class IntakeAccess
{
    private readonly IJobIntake? _intake;
    private readonly JobStoreAccess _store;
    private readonly DeferredQueues _queues;
    private readonly DeferredMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly OutageReport _outage;
    private readonly Lock _opening = new();
    private volatile bool _isOpen;

    /// <param name="intake">The separate intake in front of the store. Null if the store itself accepts jobs.</param>
    /// <param name="store">The store.</param>
    /// <param name="queues">
    /// The known state of the queues. It is needed because a separate intake has no counts.
    /// </param>
    /// <param name="metrics">Records each call.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Receives the outages.</param>
    public IntakeAccess(
        IJobIntake? intake, JobStoreAccess store, DeferredQueues queues, DeferredMetrics metrics, TimeProvider time,
        ILogger logger)
    {
        (_intake, _store, _queues, _metrics, _time) = (intake, store, queues, metrics, time);
        var name = intake?.Name ?? store.Store.Name;
        _outage = new OutageReport(
            time,
            (problem, reason) => DeferredLog.IntakeAway(logger, name, problem, reason),
            seconds => DeferredLog.IntakeBack(logger, name, seconds));
    }

    /// <summary>The current outage of the separate intake. Null if there is no outage or no separate intake.</summary>
    public DeferredJobsOutage? Outage => _outage.Current ?? _intake?.Outage;

    /// <summary>Opens the store and the intake, unless they have already been opened.</summary>
    /// <exception cref="Exception">The store or the intake is unreachable or unusable.</exception>
    public void Open()
    {
        if (_intake is not { } intake)
        {
            _store.Open();
            return;
        }
        if (_isOpen)
        {
            return;
        }
        lock (_opening)
        {
            if (_isOpen)
            {
                return;
            }
            _store.Open();
            Call("open", () =>
            {
                intake.Open();
                return 0;
            });
            _isOpen = true;
        }
    }

    /// <summary>Makes jobs durable.</summary>
    /// <exception cref="Exception">
    /// Nothing was accepted, or the outcome is unknown. The outage has been reported.
    /// </exception>
    public IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
    {
        Open();
        if (_intake is not { } intake)
        {
            return _store.Call("accept", store => store.Accept(jobs));
        }
        var fitting = FindFitting(jobs);
        var accepted = fitting.Count == 0 ? [] : Call("accept", () => intake.Accept(fitting));
        if (fitting.Count == jobs.Count)
        {
            return accepted;
        }
        var result = new JobAcceptance[jobs.Count];
        for (int i = 0, next = 0; i < result.Length; i++)
        {
            result[i] = next < fitting.Count && jobs[i] == fitting[next]
                ? accepted[next++]
                : new JobAcceptance(JobAcceptanceStatus.QueueFull, jobs[i].Id);
        }
        return result;
    }

    /// <summary>
    /// Returns the jobs for which there is room in their queue, as far as this node knows. This is based on the last
    /// counts of the store and on the jobs that this node has accepted since.
    /// </summary>
    private List<AcceptedJob> FindFitting(IReadOnlyList<AcceptedJob> jobs)
    {
        var active = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        var fitting = new List<AcceptedJob>(jobs.Count);
        foreach (var job in jobs)
        {
            var known = active.TryGetValue(job.Queue, out var count) ? count : _queues.StateOf(job.Queue).Active;
            if (known < job.MaxWaiting)
            {
                fitting.Add(job);
                known++;
            }
            active[job.Queue] = known;
        }
        return fitting;
    }

    private T Call<T>(string operation, Func<T> call)
    {
        var started = _time.GetTimestamp();
        try
        {
            var result = call();
            _outage.OnSuccess();
            return result;
        }
        catch (Exception exception)
        {
            _outage.OnFailure(exception);
            throw;
        }
        finally
        {
            _metrics.RecordStoreCall(_intake!.Name, operation, _time.GetElapsedTime(started));
        }
    }
}
