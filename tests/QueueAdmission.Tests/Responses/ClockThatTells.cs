using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Responses;

/// <summary>A clock that does not advance, and that reports when a stream is held by it.</summary>
internal sealed class ClockThatTells : FakeTimeProvider
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Held => _held.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == UnreadUpload.Moment)
            _held.TrySetResult();
        return timer;
    }
}
