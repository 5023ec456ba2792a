using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Diagnostics;

public sealed class RefusalCallbackTests
{
    private readonly JobQueue _queue = new(Staging.Settings(workers: 1, capacity: 0), new FakeTimeProvider());

    [Fact]
    public async Task Refusal_Awaited_IsToldOnce()
    {
        var told = new List<RejectionReason>();
        var first = new TaskCompletionSource();
        Assert.True(_queue.TryAwaitRefusal(
            reason =>
            {
                told.Add(reason);
                first.SetResult();
            },
            known: 0));

        _queue.TakeAllWorkers();
        _queue.TryEnter();
        _queue.TryEnter();
        await first.Task;

        Assert.Equal([RejectionReason.QueueFull], told);
    }

    [Fact]
    public void TryAwaitRefusal_ThereWereOthersMeanwhile_SaysNo()
    {
        _queue.TakeAllWorkers();
        _queue.TryEnter();

        Assert.False(_queue.TryAwaitRefusal(_ => Assert.Fail("Was told."), known: 0));
        _queue.TryEnter();
    }
}
