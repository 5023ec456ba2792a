namespace QueueAdmission.Deferred;

/// <summary>What is wrong with something that is called again and again: one log line per outage.</summary>
/// <param name="time">The clock.</param>
/// <param name="onAway">Told of the first failure.</param>
/// <param name="onBack">Told of the seconds that the outage took.</param>
internal sealed class OutageReport(TimeProvider time, Action<JobStoreProblem, string> onAway, Action<double> onBack)
{
    private readonly Lock _gate = new();
    private volatile DeferredJobsOutage? _current;

    /// <summary>Null if the last call succeeded, or there was none yet.</summary>
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
            // The log comes first, so a state that is seen has its line.
            onAway(problem, exception.Message);
            _current = new DeferredJobsOutage(time.GetUtcNow(), problem, exception.Message);
        }
    }
}
