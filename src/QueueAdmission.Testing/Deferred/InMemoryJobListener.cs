namespace QueueAdmission.Testing;

/// <summary>Delivers signals about new jobs to one process that listens.</summary>
internal sealed class InMemoryJobListener : IDisposable
{
    private readonly AutoResetEvent _wake = new(initialState: true);
    private volatile JobStoreException? _failure;

    public void Signal() => _wake.Set();

    /// <summary>Simulates a lost connection. The thread that listens throws.</summary>
    public void Fail(JobStoreException failure)
    {
        _failure = failure;
        _wake.Set();
    }

    /// <summary>Calls <paramref name="onJobs"/> after signals until the token is cancelled.</summary>
    public void Run(Action onJobs, CancellationToken cancellationToken)
    {
        WaitHandle[] handles = [cancellationToken.WaitHandle, _wake];
        while (WaitHandle.WaitAny(handles) != 0)
        {
            if (_failure is { } failure)
            {
                throw new JobStoreException(failure.Problem, failure.Message);
            }
            onJobs();
        }
    }

    public void Dispose() => _wake.Dispose();
}
