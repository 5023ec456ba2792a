using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>
/// What makes jobs durable, as the accepting thread calls it: the store, or another intake in front of it. It is opened
/// once, timed, and has one log line per outage.
/// </summary>
/// <remarks>
/// With another intake, jobs are accepted while the store is away. The keys have to be known by then, so the store was
/// opened once.
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

    /// <param name="intake">The intake in front of the store; null if it is the store.</param>
    /// <param name="store">The store.</param>
    /// <param name="queues">What is known of the queues. Another intake knows no counts.</param>
    /// <param name="metrics">Told of each call.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of outages.</param>
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

    /// <summary>What is wrong with the intake in front of the store; null if nothing is, or if there is none.</summary>
    public DeferredJobsOutage? Outage => _outage.Current ?? _intake?.Outage;

    /// <summary>Opens the intake and the keys if that has not worked yet.</summary>
    /// <exception cref="Exception">The store or the intake is away, or cannot be used.</exception>
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
    /// <exception cref="Exception">Nothing was accepted, or it is not known. The outage is reported.</exception>
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
    /// The jobs for which their queue has room, as far as this node knows: by the last counts of the store, and what
    /// this node has accepted since.
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
