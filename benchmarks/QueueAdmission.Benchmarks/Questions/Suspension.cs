using System.Threading.Tasks.Sources;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>
/// An awaitable that allocates nothing. <see cref="Resume"/> resumes the awaiter at once, on the calling thread.
/// </summary>
internal sealed class Suspension : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;

    public ValueTask WaitAsync()
    {
        _core.Reset();
        return new ValueTask(this, _core.Version);
    }

    public void Resume() => _core.SetResult(true);

    public void GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
