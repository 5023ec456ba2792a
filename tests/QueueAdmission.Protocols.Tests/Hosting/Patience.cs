namespace QueueAdmission.Protocols.Hosting;

/// <summary>The longest time that a test waits for an event. Only a failing test reaches it.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until other processes, sockets and threads have reached a state.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        giveUp.CancelAfter(Limit);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!condition())
        {
            try
            {
                await looks.WaitForNextTickAsync(giveUp.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Waited too long until {what}.");
            }
        }
    }

    public static Task UntilWaitingAsync(this JobQueue queue, int count) =>
        UntilAsync(() => queue.GetSnapshot().Waiting == count, $"{count} wait in '{queue.Name}'");

    public static Task UntilRunningAsync(this JobQueue queue, int count) =>
        UntilAsync(() => queue.GetSnapshot().Running == count, $"{count} run in '{queue.Name}'");

    public static Task WithinPatience(this Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task<T> WithinPatience<T>(this Task<T> task) =>
        task.WaitAsync(Limit, TestContext.Current.CancellationToken);
}
