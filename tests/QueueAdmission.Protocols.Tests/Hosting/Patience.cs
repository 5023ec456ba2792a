namespace QueueAdmission.Protocols.Hosting;

/// <summary>How long a test waits for what must happen. Only a test that fails gets that far.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits for what other processes, sockets and threads will have done in the end.</summary>
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
                Assert.Fail($"Waited in vain until {what}.");
            }
        }
    }

    public static Task UntilWaitingAsync(this JobQueue queue, int count) =>
        UntilAsync(() => queue.GetSnapshot().Waiting == count, $"{count} wait in '{queue.Name}'");

    public static Task UntilRunningAsync(this JobQueue queue, int count) =>
        UntilAsync(() => queue.GetSnapshot().Running == count, $"{count} run in '{queue.Name}'");

    public static Task WithinPatience(this Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task<T> WithinPatience<T>(this Task<T> task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);
}
