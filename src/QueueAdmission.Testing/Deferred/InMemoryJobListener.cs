namespace QueueAdmission.Testing;

/// <summary>Whether one listening process has to hear of new jobs.</summary>
internal sealed class InMemoryJobListener : IDisposable
{
    private readonly AutoResetEvent _wake = new(initialState: true);
    private volatile JobStoreException? _failure;

    public void Signal() => _wake.Set();

    /// <summary>The connection is lost. The thread that listens learns of it.</summary>
    public void Fail(JobStoreException failure)
    {
        _failure = failure;
        _wake.Set();
    }

    /// <summary>Hands signals on until the token is cancelled.</summary>
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
