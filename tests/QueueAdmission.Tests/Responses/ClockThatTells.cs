using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Responses;

/// <summary>A fake clock that reports when the timer that holds the stream of an unread upload is created.</summary>
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
