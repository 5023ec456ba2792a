namespace QueueAdmission.Deferred;

/// <summary>
/// Tracks the outages of a component that is called repeatedly. Each outage is logged once when it begins, and once
/// when it ends.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="onAway">Called at the first failure.</param>
/// <param name="onBack">Called at the end of the outage, with its duration in seconds.</param>
internal sealed class OutageReport(TimeProvider time, Action<JobStoreProblem, string> onAway, Action<double> onBack)
{
    private readonly Lock _gate = new();
    private volatile DeferredJobsOutage? _current;

    /// <summary>The current outage. Null if the last call succeeded, or if there was no call yet.</summary>
    public DeferredJobsOutage? Current => _current;

    public void OnSuccess()
    {
        if (_current is null)
        {
            return;
        }
        lock (_gate)
        {
            if (_current is { } outage)
            {
                onBack((time.GetUtcNow() - outage.Since).TotalSeconds);
                _current = null;
            }
        }
    }

    public void OnFailure(Exception exception)
    {
        var problem = exception is JobStoreException known ? known.Problem : JobStoreProblem.Unreachable;
        lock (_gate)
        {
            if (_current is { } outage)
            {
                _current = outage with { Problem = problem, Message = exception.Message };
                return;
            }
            // The log is written first, so that the line is already there when the outage becomes visible.
            onAway(problem, exception.Message);
            _current = new DeferredJobsOutage(time.GetUtcNow(), problem, exception.Message);
        }
    }
}
